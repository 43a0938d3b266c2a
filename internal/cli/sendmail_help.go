package cli

// sendmailHelp is the help of sendmail, whose flags urfave/cli cannot describe.
const sendmailHelp = `NAME:
   {{.HelpName}} - {{.Usage}}

USAGE:
   mailpipe [MAILPIPE-FLAG...] sendmail [FLAG...] [RECIPIENT...]

ENVELOPE:
   -t          add the recipients in the header to the operands
   -f, -r ADDR the envelope sender (<> for none)
   -F NAME     the display name for a missing From
   -N LIST     when to send a delivery report (success,failure,delay or never)
   -R full|hdrs
               how much of the message a delivery report contains
   -V ID       the name of the envelope in delivery reports

MODES:
   -bm         send the message on standard input (the default)
   -bs         speak SMTP on standard input and output
   -bp         list the messages that wait in the spool
   -bi, -I     read the aliases and print how many there are
   -bv         print where the mail for each operand goes
   -bh, -bH    list the servers that failed, or forget those that may be tried again
   -bP         print how many messages wait in the spool
   -q          send what waits in the spool

OPTIONS:
   -v          show the dialogue on standard error
   -L TAG      the name in the log

   Other flags of sendmail are accepted and ignored, also unknown ones.

MAILPIPE-FLAGS:{{range .VisibleFlags}}
   {{.}}{{end}}
`
