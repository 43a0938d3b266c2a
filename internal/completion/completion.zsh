# Completion of mailpipe(1) for zsh, printed by "mailpipe completion zsh". Keep it as
# _mailpipe in a directory of $fpath, or source it after compinit. It runs mailpipe only
# to list the accounts.

# _mailpipe_value OFFER... offers the values of a flag, or operands.
_mailpipe_value() {
	local offer start kind prefix=$PREFIX iprefix=$IPREFIX colon='\\#:' # a backslash may be before it
	local -a complete prefixes
	for offer; do
		start=${offer%%@*} kind=${offer#*@}
		if [[ $offer != *@* && $offer == *,* ]]; then
			_mailpipe_list ${(s:,:)offer}
		elif [[ $offer != *@* ]]; then
			complete+=($start)
		elif [[ -n $start && ${(Q)PREFIX} != $start* ]]; then
			prefixes+=($start)
		else
			[[ -z $start ]] || compset -P "${start//:/$colon}"
			case $kind in
			file) _files ;;
			dir) _files -/ ;;
			exec) _mailpipe_exec ;;
			account) _mailpipe_accounts ;;
			attach:*) _mailpipe_attach ${(s:,:)${kind#*:}} ;;
			esac
		fi
		PREFIX=$prefix IPREFIX=$iprefix
	done
	compadd -a complete
	compadd -S '' -a prefixes
}

# _mailpipe_list WORD... offers words of a list that is separated by commas.
_mailpipe_list() {
	local -a given=(${(s:,:)PREFIX%,*}) left=($@)
	if compset -P '*,'; then left=(${left:|given}); fi
	compadd -S '' -a left
}

# _mailpipe_exec offers a program, or after it a file.
_mailpipe_exec() {
	if [[ $words[1] == -- ]]; then
		shift words
		((CURRENT--))
	fi
	if ((CURRENT > 1)); then
		_files
	elif [[ $PREFIX == */* ]]; then
		_files -g '*(-*)'
	else
		_command_names -e
	fi
}

# _mailpipe_accounts offers the accounts of the configuration.
_mailpipe_accounts() {
	local -a accounts=(${(f)"$(command mailpipe config --accounts 2>/dev/null </dev/null)"})
	compadd -a accounts
}

# _mailpipe_attach KEY... offers the keys after a file and a comma.
_mailpipe_attach() {
	local typed=${(Q)PREFIX} file key
	local -a left
	[[ $typed == *,* ]] || return
	typed=${typed%,*} file=$typed
	for key; do
		file=${file%%,$key=*}
		[[ $typed == *,$key=* ]] || left+=($key=)
	done
	[[ -f ${file/#\~\//$HOME/} ]] || return
	compset -P '*,'
	compadd -S '' -a left
}

# _mailpipe_choose FUNCTION offers the commands of choices, or the arguments of one.
# FUNCTION completes the command that has these as subcommands.
_mailpipe_choose() {
	case $state in
	command) _describe -t commands command choices ;;
	argument)
		local function=${1%_}_${(Q)words[1]}
		if ((${+functions[$function]})); then $function; fi
		;;
	esac
}

