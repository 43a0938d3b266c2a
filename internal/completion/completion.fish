# Completion of mailpipe(1) for fish, printed by "mailpipe completion fish". It runs
# mailpipe only to list the accounts.

# __mailpipe_at COMMAND succeeds if the arguments of COMMAND are completed. It reads the
# line if that has changed.
function __mailpipe_at
	set -l line (commandline -cp | string collect)
	if test "$line" != "$__mailpipe_line"
		__mailpipe_read
		set -g __mailpipe_line $line
	end
	test "$__mailpipe_command" = "$argv[1]"
end

# __mailpipe_operand succeeds if an operand is completed, not a flag.
function __mailpipe_operand
	not string match -q -- '-*' (commandline -ct)
end

# __mailpipe_read sets __mailpipe_command to the command, or after the command of --exec to
# --exec, or before it to "--exec --" if that was typed. It sets
# __mailpipe_given to the flags that were given, and a dot if an operand was.
function __mailpipe_read
	set -l words (commandline -opc)
	set -g __mailpipe_command (__mailpipe_program (string replace -r '.*/' '' -- $words[1]))
	set -g __mailpipe_given
	set -l switches (__mailpipe_switches "$__mailpipe_command")
	set -l waits
	for word in $words[2..-1]
		if test -n "$waits"
			if test "$waits" = --exec
				set -g __mailpipe_command (test $word = --; and echo --exec --; or echo --exec)
			end
			set -a __mailpipe_given $waits
			set waits
			continue
		end
		if string match -q -- '--exec*' "$__mailpipe_command"
			set -g __mailpipe_command --exec
			continue
		end
		switch $word
			case '--*=*'
				set -a __mailpipe_given (string replace -r '=.*' '' -- $word)
				string match -q -- '--exec=*' $word; and set -g __mailpipe_command --exec
			case '--*' '-??*' '-?'
				if contains -- $word $switches
					set -a __mailpipe_given $word
				else if string match -q -- '--?*' $word
					set waits $word
				else
					set waits (__mailpipe_letters $word $switches)
				end
			case '*'
				set -l command (string trim -- "$__mailpipe_command $word")
				if set -l of (__mailpipe_switches $command)
					set -g __mailpipe_command $command
					set -g __mailpipe_given
					set switches $of
				else
					set -a __mailpipe_given .
				end
		end
	end
end

# __mailpipe_letters WORD SWITCH... adds the letters of a cluster to __mailpipe_given. If
# the last one waits for its value, it is printed instead.
function __mailpipe_letters
	set -l rest (string split '' -- (string sub -s 2 -- $argv[1]))
	for letter in $rest
		set -e rest[1]
		if contains -- -$letter $argv[2..-1]
			set -a __mailpipe_given -$letter
			continue
		else if test (count $rest) = 0
			echo -- -$letter
		else
			set -a __mailpipe_given -$letter
		end
		break
	end
end

# __mailpipe_value OFFER... prints the values of a flag, or operands, each with a NUL after
# it. fish offers files itself, but not after a letter that they are glued to.
function __mailpipe_value
	set -l typed (string unescape -- (commandline -ct | string collect) | string collect)
	set -l glued (string match -r '^-[A-Za-z]' -- $typed)
	set typed (string replace -r '^(--[a-z0-9-]+=|-[A-Za-z])' '' -- $typed | string collect)
	for offer in $argv
		set -l start (string replace -r '@.*' '' -- $offer)
		set -l kind (string replace -r '.*@' '' -- $offer)
		if string match -q '*@*' -- $offer
			set -l size (string length -- "$start")
			set -l head (string sub -l $size -- $typed | string collect)
			set -l rest (string sub -s (math $size + 1) -- $typed | string collect)
			if test "$start" != "$head"
				printf '%s\0' $start
			else if test "$kind" != file -o -n "$start$glued"
				__mailpipe_kind "$kind" "$start" "$rest"
			end
		else if string match -q '*,*' -- $offer
			set -l given (string match -r '(?s).*,' -- $typed | string collect)
			for word in (string split , -- $offer)
				contains -- $word (string split , -- $given); or printf '%s%s\0' "$given" $word
			end
		else
			printf '%s\0' $offer
		end
	end
end

# __mailpipe_kind KIND START TYPED prints what may follow START, of which TYPED was typed.
function __mailpipe_kind
	set -l typed $argv[3]
	set -l home
	if string match -q '~/*' -- $typed
		set home $HOME
		set typed $HOME(string sub -s 2 -- $typed | string collect)
	end
	switch $argv[1]
		case ''
			printf '%s\0' $argv[2]
		case dir
			for name in $typed*/
				__mailpipe_file $argv[2] $name $home
			end
		case file
			for name in $typed*
				__mailpipe_file $argv[2] $name $home
			end
		case exec
			if string match -q '*/*' -- $typed
				for name in $typed*
					test -x $name; and __mailpipe_file $argv[2] $name $home
				end
				return
			end
			set -l names $PATH/$typed*
			path filter -Z -f -x -- $names | path basename -z -Z
		case account
			command mailpipe config --accounts 2>/dev/null </dev/null | string join0
		case 'attach:*'
			set -l keys (string split , -- (string replace attach: '' -- $argv[1]))
			set -l before (string match -r '(?s).*,' -- $typed | string collect)
			set -l file (string replace -r "(?s),(($(string join '|' $keys))=.*)?\$" '' -- $before | string collect)
			test -f "$file"; or return
			for key in $keys
				string match -q "*,$key=*" -- $before; or printf '%s%s=\0' $before $key
			end
	end
end

# __mailpipe_file START NAME [HOME] prints the name of a file after START. If HOME is given,
# the name begins with it, and a tilde was typed.
function __mailpipe_file
	set -l name $argv[2]
	set -q argv[3]; and set name '~'(string sub -s (math (string length -- $argv[3]) + 1) -- $name | string collect)
	printf '%s%s\0' $argv[1] $name
end
# TABLES
