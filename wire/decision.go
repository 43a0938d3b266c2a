package wire

// A Decision is what the client does next if that does not follow from the last reply
// alone. It is the Text of an Event with DirDecision.
type Decision string

const (
	DecisionHELO            Decision = "HELO after EHLO was refused"
	DecisionUnencrypted     Decision = "no STARTTLS, and none required"
	DecisionNoTLS           Decision = "no STARTTLS, but TLS required"
	DecisionNoLogin         Decision = "login impossible"
	DecisionCancelLogin     Decision = "login cancelled"
	DecisionNextAddress     Decision = "next address of the server"
	DecisionNextServer      Decision = "next server"
	DecisionReconnect       Decision = "new connection to the server"
	DecisionConvert         Decision = "message converted for the server"
	DecisionUnsupported     Decision = "message unsuitable for the server"
	DecisionAsk             Decision = "all recipients asked first"
	DecisionNoContent       Decision = "no content without a recipient"
	DecisionSomeRecipients  Decision = "content for some recipients"
	DecisionNextTransaction Decision = "another transaction for the rest"
	DecisionNone            Decision = "all recipients or none"
	DecisionUnknown         Decision = "outcome unknown"
)

// decide traces a decision.
func (c *Client) decide(stage Stage, d Decision) { c.trace(DirDecision, stage, string(d)) }
