#!/bin/sh
# The command as the service runs it: as its user, in its folder, with its secrets. Without them, links
# in mails would be signed with another key. Installed as /usr/local/bin/suranys, used as `sudo suranys …`.
if [ -t 0 ] && [ -t 1 ]; then through=--pty; else through=--pipe; fi
exec systemd-run --quiet "$through" --wait --collect --uid=suranys --gid=suranys \
  --property=WorkingDirectory=/opt/suranys --property=EnvironmentFile=-/etc/suranys.env \
  --property=UMask=0077 --setenv=LANG=C.UTF-8 /opt/suranys/.venv/bin/suranys "$@"
