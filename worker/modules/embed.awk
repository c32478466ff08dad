# Turns a text into a C string, an array of it: awk -v name=NAME -f embed.awk FILE > HEADER
# String literals, line by line: what compilers of 4095 bytes a literal do not take, those that build eddy do.
BEGIN {
	printf "/* Made from %s by embed.awk. */\n", file
	printf "static const char %s[] =\n", name
}
{
	gsub(/\\/, "\\\\\\\\")
	gsub(/"/, "\\\"")
	gsub(/\t/, "\\t")
	printf "\t\"%s\\n\"\n", $0
}
END {
	print "\t;"
}
