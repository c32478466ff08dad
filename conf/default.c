/*
 * The conf that serves when there is no conf file: the welcome page, and what Prometheus and a load
 * balancer would ask for, on the loopback only.
 */
#include "conf/private.h"

const char conf_default_name[] = "built-in";

const char conf_default_text[] = "listen \"127.0.0.1:8080\" { }\n"
				 "module \"welcome\" { }\n"
				 "module \"metrics\" { }\n"
				 "route \"/\" { module = \"welcome\" }\n"
				 "route \"/live\" { module = \"welcome\"  handler = \"live\" }\n"
				 "route \"/metrics\" { module = \"metrics\" }\n"
				 "route \"/health\" { module = \"metrics\"  handler = "
				 "\"health\" }\n";
