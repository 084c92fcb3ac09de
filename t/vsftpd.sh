# shellcheck shell=sh
# vsftpd for tests and benches that run as root.

# vsftpd_conf PORT ROOT EMPTY: its configuration, for anybody who uploads into
# a directory of the user daemon's below ROOT; EMPTY is a directory that is so.
vsftpd_conf() {
	cat <<-END
	listen=YES
	listen_address=127.0.0.1
	listen_port=$1
	background=NO
	anonymous_enable=YES
	no_anon_password=YES
	anon_root=$2
	ftp_username=daemon
	write_enable=YES
	anon_upload_enable=YES
	anon_umask=022
	secure_chroot_dir=$3
	seccomp_sandbox=NO
	xferlog_enable=NO
	END
}
