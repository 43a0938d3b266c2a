package cli

// completionFiles are the files where the shells run. A name that ends in a slash is a
// directory. The one called tool is a program.
var completionFiles = []string{
	"plain.txt", "my file.txt", "it's", `a"b`, "line\nend", "$x", "q`\\$q", "comma,name", "z!x", "üml.txt", ".hidden",
	"Mail/", "sub dir/", "sub dir/in.txt", "sub dir/it's", "sub dir/tool",
}

// completionConfig has two accounts. Their servers count connections, and a password
// command says that it was run.
const completionConfig = `
[accounts.work]
server = "smtp://ADDRESS"
user = "ada"
password_command = "echo password >>RUNS"

[accounts."home office"]
server = "smtp://ADDRESS"
`

// completionCases are what is offered for the last word of a line. The offers are whole
// words as a program gets them, separated by commas and spaces. Directories are without
// their slashes, because zsh removes it if a further word follows.
var completionCases = []struct{ line, word, offers string }{
	// Commands.
	{"mailpipe ", "", "compose, deliver, send, detect, inspect, queue, sendmail, mailx, sink, config, completion, " +
		"help, version"},
	{"mailpipe ", "se", "send, sendmail"},
	{"mailpipe ", "xyz", ""},
	{"mailpipe -v ", "dete", "detect"},
	{"mailpipe queue ", "re", "release, retry"},
	{"mailpipe help ", "ex", "examples"},
	{"mailpipe completion ", "", "bash, zsh, fish"},
	{"mailpipe completion bash ", "", ""},
	{"mailpipe version ", "", ""},

	// Flags: not those that were given, in any spelling, unless they repeat.
	{"mailpipe ", "--v", "--verbose, --version"},
	{"mailpipe ", "-", "-h, -q, -v, --help, --quiet, --verbose, --version"},
	{"mailpipe send ", "--tls-", "--tls-ca, --tls-cert, --tls-key, --tls-fingerprint, --tls-name"},
	{"mailpipe send ", "--subj", "--subject"},
	{"mailpipe send --subject x ", "--subj", ""},
	{"mailpipe send --subject=x ", "--subj", ""},
	{"mailpipe send -s x ", "--subj", ""},
	{"mailpipe send -sx ", "--subj", ""},
	{"mailpipe send --to x ", "--to", "--to"},
	{"mailpipe send -nv ", "--verb", ""},
	{"mailpipe send -vs x ", "--subj", ""},
	{"mailpipe send x ", "--verb", "--verbose"},
	{"mailpipe send -- ", "--verb", ""},
	{"mailpipe deliver ", "--subj", ""},
	{"mailpipe queue list ", "--sta", "--state"},
	{"mailpipe queue -v ", "li", "list"},

	// Values.
	{"mailpipe send --tls ", "", "required, opportunistic, none"},
	{"mailpipe send ", "--tls=", "--tls=required, --tls=opportunistic, --tls=none"},
	{"mailpipe send ", "--tls=o", "--tls=opportunistic"},
	{"mailpipe send --report ", "j", "json"},
	{"mailpipe send -R ", "", "full, hdrs"},
	{"mailpipe send ", "-Rf", "-Rfull"},
	{"mailpipe send ", "-nRf", "-nRfull"},
	{"mailpipe send -N ", "", "success, failure, delay, never"},
	{"mailpipe send -N ", "success,", "success,failure, success,delay"},
	{"mailpipe send ", "--notify=success,d", "--notify=success,delay"},
	{"mailpipe send ", "--trace=", "--trace=explain"},
	{"mailpipe send --trace ", "pl", "plain.txt"},
	{"mailpipe send --auth ", "SC", "SCRAM-SHA-1, SCRAM-SHA-256"},
	{"mailpipe sink --reply ", "r", "rcpt="},
	{"mailpipe send -S ", "smtp", "smtp://, smtps://, smtp+unix:"},
	{"mailpipe send -S ", "sink:", "sink:Mail, sink:sub dir, sink:eml:"},
	{"mailpipe send -S ", "sink:eml:M", "sink:eml:Mail"},
	{"mailpipe send ", "--server=sink:M", "--server=sink:Mail"},
	{"mailpipe send ", "-Ssink:M", "-Ssink:Mail"},
	{"mailpipe send -S ", "smtp+unix:pl", "smtp+unix:plain.txt"},
	{"mailpipe send --spool ", "", "Mail, sub dir, user:, system:, postgres://"},
	{"mailpipe send --config ", "no", "none"},
	{"mailpipe queue list --state ", "h", "held"},
	{"mailpipe inspect --extract ", "", "Mail, sub dir"},
	{"mailpipe config --for ", "se", "ses:, sendgrid"},
	{"mailpipe send -t ", "", ""},
	{"mailpipe send --timeout ", "", ""},

	// Accounts.
	{"mailpipe send -A ", "", "work, home office"},
	{"mailpipe send ", "--account=", "--account=work, --account=home office"},
	{"mailpipe send ", "--account=w", "--account=work"},
	{"mailpipe send -A ", "h", "home office"},

	// Files to attach, and their keys.
	{"mailpipe send -a ", "pl", "plain.txt"},
	{"mailpipe send ", "-apl", "-aplain.txt"},
	{"mailpipe send ", "--attach=pl", "--attach=plain.txt"},
	{"mailpipe send -a ", "comma,", "comma,name"},
	{"mailpipe send -a ", "plain.txt,", "plain.txt,type=, plain.txt,name=, plain.txt,charset=, plain.txt,encoding=, " +
		"plain.txt,disposition=, plain.txt,cid="},
	{"mailpipe send -i ", "plain.txt,type=text/plain,n", "plain.txt,type=text/plain,name="},
	{"mailpipe send -a ", "plain.txt,type=text/plain,t", ""},
	{"mailpipe send -a ", `my\ file.txt,ty`, "my file.txt,type="},
	{"mailpipe send -a ", `line$'\n'end,ty`, "line\nend,type="},
	{"mailpipe send ", "--attach=plain.txt,ty", "--attach=plain.txt,type="},
	{"mailpipe send -a ", "missing,", ""},

	// Names of files with spaces, quotes and line endings.
	{"mailpipe send ", "", "plain.txt, my file.txt, it's, a\"b, line\nend, $x, q`\\$q, comma,name, z!x, " +
		"üml.txt, Mail, sub dir"},
	{"mailpipe send ", "q", "q`\\$q"},
	{"mailpipe send ", "my", "my file.txt"},
	{"mailpipe send ", `my\ f`, "my file.txt"},
	{"mailpipe send ", "it", "it's"},
	{"mailpipe send ", `it\'`, "it's"},
	{"mailpipe send ", "a", `a"b`},
	{"mailpipe send ", "li", "line\nend"},
	{"mailpipe send ", `\$`, "$x"},
	{"mailpipe send ", "ü", "üml.txt"},
	{"mailpipe send ", ".h", ".hidden"},
	{"mailpipe send ", "su", "sub dir"},
	{"mailpipe send ", `sub\ dir/`, "sub dir/in.txt, sub dir/it's, sub dir/tool"},
	{"mailpipe send --spool ", "~/Ma", "HOME/Mail"},
	{"mailpipe send ", "~/pl", "HOME/plain.txt"},
	{"mailpipe send ", "--html=my", "--html=my file.txt"},
	{"mailpipe send ", `--html=sub\ dir/in`, "--html=sub dir/in.txt"},
	{"mailpipe send 'it s' \"a\" ", "my", "my file.txt"},
	{"mailpipe send -s 'it s' ", "--subj", ""},

	// Programs after --exec, and then their files.
	{"mailpipe send --exec ", "pro", "program"},
	{"mailpipe send ", "--exec=pro", "--exec=program"},
	{"mailpipe send --exec ", `sub\ dir/to`, "sub dir/tool"},
	{"mailpipe send --exec -- ", "pro", "program"},
	{"mailpipe send --exec -- program ", "pl", "plain.txt"},
	{"mailpipe sink --exec program ", "pl", "plain.txt"},
	{"mailpipe send --exec program ", "--verb", ""},

	// Operands.
	{"mailpipe compose ", "pl", "plain.txt"},
	{"mailpipe detect plain.txt ", "my", "my file.txt"},
	{"mailpipe inspect ", "pl", "plain.txt"},
	{"mailpipe deliver ", "", ""},
	{"mailpipe deliver ", "pl", ""},
	{"mailpipe sink ", "", "Mail, sub dir, eml:"},
	{"mailpipe sink ", "eml:M", "eml:Mail"},
	{"mailpipe sink Mail ", "", ""},

	// The drop-ins, also as commands.
	{"sendmail ", "-b", "-bm, -bs, -bp, -bi, -bv, -bh, -bH, -bP"},
	{"mailq ", "-bp", "-bp"},
	{"newaliases ", "-bi", "-bi"},
	{"mail -a ", "pl", "plain.txt"},
	{"Mail -s ", "pl", ""},
	{"mailx -A ", "w", "work"},
	{"mailx ", "pl", ""},
	{"mailpipe mailx -q ", "pl", "plain.txt"},
	{"mailpipe sendmail -f ", "", ""},
	{"mailpipe -S x sendmail ", "-bm", "-bm"},
}

// notInZSH are cases that zsh reads in another way: it takes a value that looks like a flag
// for a flag that was given too, and looks for no file by a name with $'...'.
var notInZSH = []struct{ line, word, offers string }{
	{"mailpipe send -s --verbose ", "--verb", "--verbose"},
	{"mailpipe send ", `line$'\n'`, "line\nend"},
}

// tabCases are lines after the Tab key, without the space at the end. In zsh it may be
// another one.
var tabCases = []struct{ typed, bash, zsh string }{
	{`mailpipe send "my f`, `mailpipe send "my file.txt"`, ""},
	{`mailpipe send 'my f`, `mailpipe send 'my file.txt'`, ""},
	{`mailpipe send 'it`, `mailpipe send 'it'\''s'`, `mailpipe send 'it'\''s`},
	{`mailpipe send "it`, `mailpipe send "it's"`, ""},
	{`mailpipe send "a`, `mailpipe send "a\"b"`, ""},
	{`mailpipe send "q`, "mailpipe send \"q\\`\\\\\\$q\"", ""},
	{`mailpipe send "z`, `mailpipe send "z"\!"x"`, `mailpipe send "z\!x"`},
	{`mailpipe send --html="my`, `mailpipe send --html="my file.txt"`, `mailpipe send --html=my\ file.txt`},
	{`mailpipe send -S "sink:M`, `mailpipe send -S "sink:Mail/"`, `mailpipe send -S "sink:Mail/`},
	{"mailpipe send \"line\ne", "mailpipe send \"line\nend\"", ""},
	{`mailpipe send $'line\ne`, `mailpipe send $'line\nend'`, `mailpipe send $'line\ne`},
	{"mailpipe deliver <pl", "mailpipe deliver <plain.txt", ""},
	{"mailpipe deliver -v < my", `mailpipe deliver -v < my\ file.txt`, ""},
	{"mailpipe deliver 2>pl", "mailpipe deliver 2>plain.txt", ""},
	{"mailpipe send ~/pl", "mailpipe send ~/plain.txt", ""},
	{"mailpipe send --tls req", "mailpipe send --tls required", ""},
	{"mailpipe send --no-such", "mailpipe send --no-such", ""},
	{"mailpipe send $(touch run)pl", "mailpipe send $(touch run)pl", ""},
	{"mailpipe send `touch run`pl", "mailpipe send `touch run`pl", ""},
}
