#!/bin/sh
# The demo, with the order handed in by FTP: make demo-ftp.
exec "$(dirname "$0")/demo.sh" ftp
