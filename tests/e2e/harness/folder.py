"""A folder of files that a test makes and looks at."""
import os


class Folder:
    def __init__(self, path):
        self.path = path

    def file(self, name):
        return os.path.join(self.path, name)

    def make(self, name, data):
        with open(self.file(name), "wb") as file:
            file.write(data)
        return self.file(name)

    def bytes(self, name):
        with open(self.file(name), "rb") as file:
            return file.read()
