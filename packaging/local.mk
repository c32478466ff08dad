# packaging/: what goes beside the programs: eddy.pc, the conf file, the scripts that set up and start a checkout.

pkgconfig_DATA += packaging/eddy.pc
