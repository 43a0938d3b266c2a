// Package wire sends messages by SMTP (RFC 5321) and LMTP (RFC 2033).
//
// Deliver sends one message to all its recipients. A Session does so for several
// messages, and keeps the connection between them. Dial and Send are the building
// blocks: one connection, and one transaction. A delivery takes these steps:
//
//  1. Connect to the server: over TCP, over a Unix socket, or with a function
//     of the caller.
//  2. Start TLS at once if Server.Implicit is set (RFC 8314).
//  3. Read the greeting and send EHLO, or LHLO to an LMTP server. If the server
//     does not know EHLO, send HELO.
//  4. Secure the connection with STARTTLS (RFC 3207), as Server.Security
//     requires, and send EHLO again.
//  5. Log in with AUTH (RFC 4954) if Server.Login is set.
//  6. Send MAIL, a RCPT for each recipient, and DATA. A server that offers
//     PIPELINING gets them as one command group (RFC 2920), unless
//     Server.NoPipelining is set.
//  7. Send the content, with CRLF line endings and dots doubled (RFC 5321
//     §4.5.2), or with BDAT (RFC 3030) if Envelope.Chunking is set.
//  8. Commit: send the final dot, and read the reply that accepts the message.
//  9. Repeat from step 6 while there are recipients that the server did not accept
//     in this transaction, or from step 1 if it ends the session.
//  10. Send QUIT, or begin step 6 for the next message of the Session. If that
//     message is known, its commands go out with the dot of step 8 (RFC 2920
//     §3.1), so it takes one round trip.
//
// If step 1 to 5, or MAIL, fails in a way that may be temporary, Deliver
// tries the next server.
//
// The commit is an explicit act. The dot is sent only after WriteTo of the
// content has returned nil and the whole content has passed all checks. In any
// other case, such as an error of the content, a cancelled context or a panic,
// the connection is closed without the dot, and nothing is delivered. Once the
// dot may have been sent, a lost connection makes the outcome unknown
// (Error.Uncertain): the server may have accepted the message. A caller that must
// know this also after a crash can record it in Envelope.BeforeDot and AfterDot.
//
// All errors of a delivery are of type *Error. Replies of the server are bounded in size, and
// Error and Reply escape them when they are printed.
//
// The package prints nothing, and reads no files and no environment. Only
// Deliver may create a temporary file: see there.
package wire

// The files, by the steps above. The types of the API are in server.go,
// envelope.go, login.go, receipt.go, error.go, reply.go, trace.go and decision.go.
//
//	1, 2  dial.go, tls.go, tls_verify.go, tls_certificate.go
//	3, 4  hello.go, tls.go
//	5     login.go, login_exchange.go, sasl.go, sasl_scram.go, redactor.go
//	6     transaction.go, parameters.go, recipient.go, command.go
//	7     data.go or bdat.go, stream.go, replay.go, content.go, contentwriter.go, write.go
//	8     commit.go
//	9     deliver.go, allornothing.go, verdict.go; for a single transaction send.go
//	10    session.go, client.go
//
// A connection has three goroutines at most:
//
//   - The caller's runs the dialogue. Only it uses the fields of the Client, and
//     the recipients.
//   - The replyReader's reads the connection from its beginning to its end, into
//     a buffer with a lock. replyparser.go makes replies of it.
//   - A third one writes while the caller's reads replies: a command group, or
//     the content. It owns the contentWriter and its buffer until WriteTo returns,
//     and knows of the Client only the connection and the timeouts.
