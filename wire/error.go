package wire

// Stage is where in the dialogue something happened.
type Stage string

const (
	StageConnect  Stage = "connect"
	StageGreeting Stage = "greeting"
	StageHello    Stage = "EHLO"
	StageTLS      Stage = "STARTTLS"
	StageAuth     Stage = "AUTH"
	StageMail     Stage = "MAIL"
	StageRcpt     Stage = "RCPT"
	StageData     Stage = "DATA"
	StageContent  Stage = "content"
	StageDot      Stage = "dot"
	StageQuit     Stage = "QUIT"
)

// Kind is what an error means for the caller.
type Kind int

const (
	Temporary   Kind = iota + 1 // try again later (75)
	Permanent                   // refused by the server, or only some recipients accepted (69)
	NoRecipient                 // every recipient refused for good (67)
	NoHost                      // DNS says that the name does not exist (68)
	Protocol                    // the server does not speak SMTP (76)
	NotAllowed                  // TLS or login (77)
	Unsendable                  // the message cannot be sent: size, 8-bit, SMTPUTF8, content's own error (65)
	Argument                    // an address with a control character (64)
)

// Error says what failed. Error() escapes what came from the server.
type Error struct {
	Stage     Stage
	Server    string
	Kind      Kind
	Reply     Reply // zero when none came
	Err       error // nil where the reply says it all
	Uncertain bool  // the mail may have been delivered
}

func (e *Error) Error() string { panic("unwritten") }
func (e *Error) Unwrap() error { return e.Err }
