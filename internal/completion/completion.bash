# Completion of mailpipe(1) for bash, printed by "mailpipe completion bash".
# It needs no other package, and runs mailpipe only to list the accounts.
# shellcheck shell=bash

# The first function sets path to the command that a program stands for. The second one
# sets table to the flags of a command, and to its operands, whose name is a dot. A line
# has ",NAME,NAME, MARKS OFFER...". The marks are = for a value, % for one that may be
# left out, + for a flag that repeats and ! for one that is not offered.
# TABLES

# _mailpipe_plain WORD sets plain to the word without its quotes, and quote to the quote
# that is still open. Nothing is expanded.
_mailpipe_plain() {
	local word=$1 c
	plain='' quote=''
	while [[ $word ]]; do
		c=${word:0:1}
		word=${word:1}
		case $quote$c in
		\\)
			plain+=${word:0:1}
			word=${word:1}
			;;
		\' | \") quote=$c ;;
		\'\' | \"\" | \$\') quote='' ;;
		\"\\)
			if [[ $word != [\\\"\$\`]* ]]; then plain+=\\; fi
			plain+=${word:0:1}
			word=${word:1}
			;;
		\$\\)
			_mailpipe_escape
			;;
		\$)
			if [[ $word == \'* ]]; then
				quote=\$
				word=${word:1}
			else
				plain+=\$
			fi
			;;
		*) plain+=$c ;;
		esac
	done
}

# _mailpipe_escape moves what follows a backslash in $'...' from word to plain.
_mailpipe_escape() {
	local escape=${word:0:1} decoded
	if [[ $word == [0-7][0-7][0-7]* ]]; then escape=${word:0:3}; fi
	word=${word:${#escape}}
	case $escape in
	[0-7]* | [abeEfnrtv\\\'\"])
		# shellcheck disable=SC2059 # it is a format of two octets, or four
		printf -v decoded "\\$escape"
		plain+=$decoded
		;;
	*) plain+=\\$escape ;;
	esac
}

# _mailpipe_words sets args to the words up to the cursor, without quotes, and raw to the
# last one as typed. bash has split them at = and : too, so what no space separates is
# joined. Redirections are left out, except that target is set if the last word belongs to
# one. operator is then what precedes the name of the file.
_mailpipe_words() {
	local rest=${COMP_LINE:0:COMP_POINT} space part i all=() waits=''
	for ((i = 0; i <= COMP_CWORD; i++)); do
		space=${rest%%[![:space:]]*}
		rest=${rest#"$space"}
		part=${COMP_WORDS[i]}
		if [[ $rest != "$part"* ]]; then part=$rest; fi # the cursor is in this word
		rest=${rest#"$part"}
		if [[ $space || $i -eq 0 ]]; then
			all+=("$part")
		else
			all[${#all[@]} - 1]+=$part
		fi
	done
	for raw in "${all[@]}"; do
		target='' operator=''
		if [[ $waits ]]; then
			target=1 waits=''
		elif [[ $raw == ['<>']* || $raw == [0-9\&]['<>']* ]]; then
			target=1 operator=${raw%"${raw##*['<>']}"}
			if [[ $operator == "$raw" ]]; then waits=1; fi
		else
			_mailpipe_plain "$raw"
			args+=("$plain")
		fi
	done
	_mailpipe_plain "$raw"
	if [[ $target ]]; then args+=("$plain"); fi
}

# _mailpipe_flag NAME sets names, marks and offers to those of the flag.
_mailpipe_flag() {
	local line=${table#*",$1,"}
	[[ $1 && $line != "$table" ]] || return
	names=${table%%",$1,"*}
	line=${names##*$'\n'},$1,${line%%$'\n'*}
	names=${line%% *}
	line=${line#* }
	marks=${line%% *}
	offers=${line#"$marks"}
}

# _mailpipe_letters WORD reads a cluster of flags of one letter. If the last one takes a
# value, glued is the cluster up to it, and offers are those of the flag.
_mailpipe_letters() {
	local i
	glued=''
	for ((i = 1; i < ${#1}; i++)); do
		_mailpipe_flag "-${1:i:1}" || return
		used+=$names
		if [[ $marks == *=* ]]; then
			glued=${1:0:i+1}
			return
		fi
	done
}

# _mailpipe_add WORD [END] offers a word if it begins with what was typed. It is quoted as
# the word on the line is. Only what follows before is replaced.
_mailpipe_add() {
	[[ $1 == "$cur"* ]] || return
	local word=${1#"$before"} end=${2-}
	case $quote in
	'')
		if [[ ! $word || $word == *[!A-Za-z0-9_./=:@%+,-]* ]]; then
			printf -v word %q "$word"
			word=${word//\\,/,}
			if [[ $tilde ]]; then word=${word#\\}; fi # which is before ~
		fi
		word+=$end
		;;
	\")
		word=${word//\\/\\\\}
		word=${word//\"/\\\"}
		word=${word//\$/\\\$}
		word=${word//\`/\\\`}
		word=${word//!/'"\!"'} # bash expands it in these quotes too
		;;
	\') word=${word//\'/\'\\\'\'} ;;
	\$)
		printf -v word %q "$word"$'\n'
		word=${word#\$\'}
		word=${word%\\n\'}
		;;
	esac
	COMPREPLY+=("$word")
}

# _mailpipe_glob PREFIX sets found to the files whose names begin with PREFIX, whatever the
# options of the shell are.
_mailpipe_glob() {
	local options=$- failglob=-u
	if shopt -q failglob; then failglob=-s; fi
	shopt -u failglob
	set +f
	found=("$1"*)
	shopt $failglob failglob
	if [[ $options == *f* ]]; then set -f; fi
	if [[ ${#found[@]} -eq 1 && ! -e ${found[0]} && ! -L ${found[0]} ]]; then found=(); fi
}

# _mailpipe_files PREFIX KIND offers what follows PREFIX: files, or of kind dir only
# directories, or of kind exec only directories and programs.
_mailpipe_files() {
	local typed=${cur#"$1"} tilde='' name end found
	if [[ ! $1 && $raw == \~/* ]]; then
		tilde=1 typed=$HOME${typed:1}
	fi
	_mailpipe_glob "$typed"
	for name in "${found[@]}"; do
		end=' '
		if [[ -d $name ]]; then
			case $name in . | .. | */. | */..) continue ;; esac
			name+=/ end=''
		elif [[ $2 == dir || $2 == exec && ! -x $name ]]; then
			continue
		fi
		if [[ $tilde ]]; then name=\~${name#"$HOME"}; fi
		if [[ ! $1$typed && $name == -* ]]; then name=./$name; fi # it would be a flag
		_mailpipe_add "$1$name" "$end"
	done
}

# _mailpipe_programs PREFIX offers the programs in $PATH, or by a path.
_mailpipe_programs() {
	local typed=${cur#"$1"} rest=$PATH: dir name found
	if [[ $typed == */* ]]; then
		_mailpipe_files "$1" exec
		return
	fi
	while [[ $rest ]]; do
		dir=${rest%%:*}
		rest=${rest#*:}
		_mailpipe_glob "${dir:-.}/$typed"
		for name in "${found[@]}"; do
			if [[ -f $name && -x $name ]]; then _mailpipe_add "$1${name##*/}" ' '; fi
		done
	done
}

# _mailpipe_accounts PREFIX offers the accounts of the configuration.
_mailpipe_accounts() {
	local name
	while IFS= read -r name; do
		_mailpipe_add "$1$name" ' '
	done < <(command mailpipe config --accounts 2>/dev/null </dev/null)
}

# _mailpipe_attach PREFIX KEY... offers the keys after a file and a comma.
_mailpipe_attach() {
	local prefix=$1 typed=${cur#"$1"} key file
	shift
	[[ $typed == *,* ]] || return
	typed=${typed%,*}
	file=$typed
	for key; do file=${file%%",$key="*}; done
	[[ -f $file ]] || return
	for key; do
		if [[ $typed != *",$key="* ]]; then _mailpipe_add "$prefix$typed,$key="; fi
	done
}

# _mailpipe_list PREFIX WORD... offers words of a list that is separated by commas.
_mailpipe_list() {
	local start=$1 word
	if [[ $cur == *,* ]]; then start=${cur%,*},; fi
	for word in "${@:2}"; do
		if [[ ,${start#"$1"} != *",$word,"* ]]; then _mailpipe_add "$start$word"; fi
	done
}

# _mailpipe_value PREFIX OFFER... offers values that follow PREFIX.
_mailpipe_value() {
	local offer start kind
	for offer in "${@:2}"; do
		start=$1${offer%%@*}
		kind=${offer#*@}
		if [[ $offer != *@* && $offer == *,* ]]; then
			# shellcheck disable=SC2086 # they are words
			_mailpipe_list "$1" ${offer//,/ }
		elif [[ $offer != *@* ]]; then
			_mailpipe_add "$start" ' '
		elif [[ $cur != "$start"* ]]; then
			_mailpipe_add "$start"
		else
			case $kind in
			file | dir) _mailpipe_files "$start" "$kind" ;;
			exec) _mailpipe_programs "$start" ;;
			account) _mailpipe_accounts "$start" ;;
			attach:*)
				kind=${kind#*:}
				# shellcheck disable=SC2086 # they are words
				_mailpipe_attach "$start" ${kind//,/ }
				;;
			'') _mailpipe_add "$start" ;;
			esac
		fi
	done
}

# _mailpipe_flags offers the flags that were not given yet, unless they repeat.
_mailpipe_flags() {
	local line name
	for line in $table; do
		names=${line%% *}
		marks=${line#* }
		marks=${marks%% *}
		if [[ $marks == *!* || $marks != *+* && $used == *"$names"* ]]; then continue; fi
		local IFS=,
		for name in $names; do
			if [[ $name == -* ]]; then _mailpipe_add "$name" ' '; fi
		done
		IFS=$'\n'
	done
}

# _mailpipe_read reads the words before the last one. It sets path to the command, used to
# the flags that were given, ended if -- was, waits if a flag waits for its value, whose
# offers are set, and exec if --exec was given: to exec before the command, to file after.
_mailpipe_read() {
	local word
	for word in "${args[@]:1:${#args[@]}-2}"; do
		if [[ $exec ]]; then
			if [[ $exec$word != exec-- || $ended ]]; then exec='file'; fi
			ended=1
			continue
		elif [[ $waits ]]; then
			waits=''
			continue
		fi
		case $ended$word in
		--) ended=1 ;;
		--*)
			_mailpipe_flag "${word%%=*}" || continue
			used+=$names
			if [[ ,$names == *,--exec,* ]]; then
				exec='exec'
				if [[ $word == *=* ]]; then exec='file'; fi
			elif [[ $marks == *=* && $word != *=* ]]; then
				waits=1
			fi
			;;
		-?*)
			if _mailpipe_flag "$word"; then
				used+=$names
				if [[ $marks == *=* ]]; then waits=1; fi
			else
				_mailpipe_letters "$word"
				if [[ $glued == "$word" ]]; then waits=1; fi
			fi
			;;
		*)
			if _mailpipe_table "${path:+$path }$word"; then
				path=${path:+$path }$word used='' ended=''
			else
				used+=,.,
			fi
			;;
		esac
	done
}

# _mailpipe_offer END offers what may be the last word. END is the part that bash replaces.
# shellcheck disable=SC2086 # offers are words
_mailpipe_offer() {
	local IFS=$' \t\n' args=() raw plain quote target operator table cur before tilde=''
	local path='' used='' ended='' waits='' exec='' names marks offers='' glued=''
	COMPREPLY=()
	_mailpipe_words
	_mailpipe_plain "${raw%"$1"}"
	before=$plain
	_mailpipe_plain "$raw"
	cur=$plain
	_mailpipe_path "${args[0]##*/}"
	_mailpipe_table "$path"
	_mailpipe_read
	if [[ $target ]]; then
		_mailpipe_value "$operator" @file
	elif [[ $exec ]]; then
		_mailpipe_value '' "@$exec"
	elif [[ $waits ]]; then
		_mailpipe_value '' $offers
	elif [[ ! $ended && $cur == --*=* ]]; then
		if _mailpipe_flag "${cur%%=*}" && [[ $marks == *[=%]* ]]; then _mailpipe_value "${cur%%=*}=" $offers; fi
	elif [[ ! $ended && $cur == -?* ]]; then
		local given=$used
		if [[ $cur != --* ]] && _mailpipe_letters "$cur" && [[ $glued && $glued != "$cur" ]]; then
			_mailpipe_value "$glued" $offers
		else
			used=$given
			IFS=$'\n'
			_mailpipe_flags
		fi
	elif [[ ! $ended && $cur == - ]]; then
		IFS=$'\n'
		_mailpipe_flags
	elif _mailpipe_flag . && [[ $marks == *+* || $used != *,.,* ]]; then
		_mailpipe_value '' $offers
	fi
}

# _mailpipe is what bash calls. A status that is not 0 does not end a shell with set -e.
_mailpipe() {
	_mailpipe_offer "$2" || return 0
}
