# For tests of orderparse: one letter of the order.

# letter ADDRESS: the letter to it, its header as one line a field, and its
# body, in the files of these names.
letter() {
	orderparse -f news@pth.ua -m "$1" order >letter
	sed '/^$/q' letter | sed -e ':a' -e 'N;$!ba' -e 's/\n / /g' >header
	sed '1,/^$/d' letter >body
}
