/* A shared object, but no module: it has no eddy_module_entry. */
int not_a_module(void);

int
not_a_module(void)
{
	return 42;
}
