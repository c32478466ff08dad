# packaging/: what goes beside the programs: eddy.pc, man pages, the guide for module authors, the conf file, what other
# programs read of eddy; the scripts that set up and start a checkout and make packages of it.

pkgconfig_DATA += packaging/eddy.pc
dist_doc_DATA += LICENSE NEWS.md README.md conf/eddy.conf packaging/guide.md packaging/javascript.md packaging/metrics.md \
	packaging/migration.md packaging/operations.md
grafanadir = $(pkgdatadir)/grafana
dist_grafana_DATA = packaging/grafana/eddy.json
dist_man_MANS += packaging/man/eddy.conf.5 packaging/man/eddy_module.3 packaging/man/eddyctl.1 packaging/man/eddyd.8
dist_bashcompletion_DATA = packaging/bash-completion/eddyctl packaging/bash-completion/eddyd
dist_sysusers_DATA = packaging/sysusers.d/eddy.conf
dist_tmpfiles_DATA = packaging/tmpfiles.d/eddy.conf
dist_doc_DATA += packaging/logrotate
EXTRA_DIST += .clang-format .editorconfig CONTRIBUTING.md packaging/deb packaging/debian packaging/eddy.spec packaging/rpm \
	packaging/quickstart packaging/setup

# The conf of an eddyd that packages start as a service. Only what makes sense on every machine is not commented out there.
noinst_DATA = packaging/eddy.conf
CLEANFILES += packaging/eddy.conf
packaging/eddy.conf: conf/eddy.conf packaging/local.mk
	$(AM_V_GEN)sed -e 's|^#user = |user = |' -e 's|^#include|include|' \
		-e 's|^\t#access_log = "off"|\taccess_log = "/var/log/eddy/access.log"|' '$(srcdir)/conf/eddy.conf' >$@

# Where things are in what is installed, in the units and in what packages run when they are upgraded.
PLACES_EDIT = sed -e 's,[@]sbindir@,$(sbindir),' -e 's,[@]bindir@,$(bindir),' -e 's,[@]eddyconfdir@,$(eddyconfdir),'
libexec_SCRIPTS = packaging/eddy-upgrade
EXTRA_DIST += packaging/eddy-upgrade.in
CLEANFILES += packaging/eddy-upgrade
packaging/eddy-upgrade: packaging/eddy-upgrade.in Makefile
	$(AM_V_GEN)$(PLACES_EDIT) '$(srcdir)/packaging/eddy-upgrade.in' >$@ && chmod +x $@

# One text for eddy.service and for its instances, eddy@NAME.service.
UNITS = packaging/systemd/eddy.service packaging/systemd/eddy@.service
UNIT_EDIT = $(AM_V_GEN)$(MKDIR_P) packaging/systemd && $(PLACES_EDIT)
EXTRA_DIST += packaging/systemd/eddy.service.in packaging/systemd/eddy.socket packaging/systemd/javascript.conf
CLEANFILES += $(UNITS)
if HAVE_UNITS
systemdsystemunit_DATA = $(UNITS) packaging/systemd/eddy.socket
endif

packaging/systemd/eddy.service: packaging/systemd/eddy.service.in Makefile
	$(UNIT_EDIT) -e 's,[@]title@,,' -e 's,[@]unit@,eddy,' -e 's,[@]conf@,eddy,' -e 's,[@]folder@,eddy,g' \
		'$(srcdir)/packaging/systemd/eddy.service.in' >$@

packaging/systemd/eddy@.service: packaging/systemd/eddy.service.in Makefile
	$(UNIT_EDIT) -e 's/[@]title@/, %i/' -e 's,[@]unit@,eddy@NAME,' -e 's,[@]conf@,%i,' -e 's,[@]folder@,eddy-%i,g' \
		'$(srcdir)/packaging/systemd/eddy.service.in' >$@

# What lets the module js compile, for eddy.service and for its instances.
JAVASCRIPT_DROPINS = eddy.service.d/50-javascript.conf eddy@.service.d/50-javascript.conf
if HAVE_JAVASCRIPT
dist_man_MANS += packaging/man/eddy_js.7
if HAVE_UNITS
install-data-hook:
	for dropin in $(JAVASCRIPT_DROPINS); do \
		$(MKDIR_P) "$(DESTDIR)$(systemdsystemunitdir)/$${dropin%/*}" && \
		$(INSTALL_DATA) '$(top_srcdir)/packaging/systemd/javascript.conf' "$(DESTDIR)$(systemdsystemunitdir)/$$dropin" || exit; \
	done
endif
else
EXTRA_DIST += packaging/man/eddy_js.7
endif

# The conf file belongs to the machine's administrator from the first installation on: it is never written over, and goes
# with `make uninstall` only if it is still what was installed. The one in docdir is always this version's.
install-data-local:
	$(MKDIR_P) '$(DESTDIR)$(eddyconfdir)'
	test -e '$(DESTDIR)$(eddyconfdir)/eddy.conf' || \
		$(INSTALL_DATA) '$(top_srcdir)/conf/eddy.conf' '$(DESTDIR)$(eddyconfdir)/eddy.conf'

uninstall-local:
	! cmp -s '$(top_srcdir)/conf/eddy.conf' '$(DESTDIR)$(eddyconfdir)/eddy.conf' || \
		rm -f '$(DESTDIR)$(eddyconfdir)/eddy.conf'

# Folders that are eddy's alone go when they are empty.
uninstall-hook:
	for dropin in $(JAVASCRIPT_DROPINS); do \
		rm -f "$(DESTDIR)$(systemdsystemunitdir)/$$dropin"; \
		rmdir "$(DESTDIR)$(systemdsystemunitdir)/$${dropin%/*}" 2>/dev/null || :; \
	done
	for folder in '$(eddymoduledir)' '$(libdir)/eddy' '$(examplesdir)' '$(jspagesdir)' '$(jsexamplesdir)' '$(grafanadir)' '$(pkgdatadir)' '$(docdir)' '$(eddyconfdir)'; do \
		rmdir "$(DESTDIR)$$folder" 2>/dev/null || :; \
	done
