package wire

import "io"

// A Converter converts a message for a server that does not offer SMTPUTF8 and, if
// eightBit is false, not 8BITMIME either. It returns e as it describes the new
// content. It must not change an address.
type Converter func(e Envelope, eightBit bool) (Envelope, io.WriterTo, error)

// convert replaces the message, if it needs what the server does not offer and
// nothing of it was sent yet.
func (d *delivery) convert(c *Client) error {
	lacks := d.e.EightBit && !c.offers("8BITMIME") || d.e.UTF8 != "" && !c.offers("SMTPUTF8")
	if d.mail.Convert == nil || d.converted || d.content.used || !lacks {
		return nil
	}
	d.converted = true
	c.decide(StageMail, DecisionConvert)
	e, content, err := d.mail.Convert(d.mail.Envelope, c.offers("8BITMIME"))
	if err == nil {
		err = checkMessage(&e, content)
	}
	if err != nil {
		return c.fail(StageMail, KindBadMessage, Reply{}, err)
	}
	d.e, d.content = e, newReplay(content)
	return nil
}
