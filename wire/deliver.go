package wire

import (
	"context"
	"errors"
	"io"
)

// delivery is a message on its way to all its recipients.
type delivery struct {
	servers []Server // the first is in use
	e       Envelope
	content *replay
	to      []Recipient
	todo    []int // recipients in to that are still to be asked for
	receipt Receipt
	stage   Stage // where recipients were answered last
	decided int   // recipients served, refused for good, or asked for by askAll
	open    int   // of todo, those that askAll asked for
	several bool  // one transaction did not take all
	asked   bool  // askAll asked the server in use for everybody
	written bool
}

// Deliver sends a message to all recipients: it tries the servers in turn, and makes as many transactions
// and connections as they ask for. It calls content.WriteTo at most once, as Send does; what a second transaction
// needs is kept meanwhile, in memory up to 1 MiB, then in a temporary file without a name.
// Its error is an *Error for the whole; the Receipt is valid also then.
func Deliver(ctx context.Context, servers []Server, e Envelope, content io.WriterTo) (Receipt, error) {
	d := &delivery{servers: servers, e: e, content: &replay{source: content}}
	defer d.content.close()
	d.to = make([]Recipient, len(e.To))
	d.todo = make([]int, len(e.To))
	for i, address := range e.To {
		d.to[i].Address = address
		d.todo[i] = i
	}
	err := d.e.check()
	switch {
	case err != nil:
		err = &Error{Stage: StageMail, Kind: KindInvalidArgument, Err: err}
	case len(servers) == 0:
		err = &Error{Stage: StageConnect, Kind: KindInvalidArgument, Err: errors.New("no server is named")}
	default:
		err = d.run(ctx)
	}
	for _, i := range d.todo {
		d.to[i].blame(err, false)
	}
	d.receipt.Recipients = d.to
	return d.receipt, verdict(d.receipt.Server, d.stage, d.to, err)
}

// run calls servers until nobody is left or nothing helps; its error is what
// ended it.
func (d *delivery) run(ctx context.Context) error {
	var before error // of a server that had another after it
	for {
		decided := d.decided
		c, err := Dial(ctx, d.servers[0])
		if err == nil {
			err = d.session(ctx, c)
			d.receipt.add(c)
		}
		d.receipt.Server = d.servers[0].name()
		switch {
		case len(d.todo) == 0, err != nil && ctx.Err() != nil:
			return err
		case err == nil, d.decided > decided && enough(err) && (d.content.keep || !d.written):
			// This session had its share; the rest goes over a new one.
		case asError(err).TryNext() && len(d.servers) > 1:
			d.servers = d.servers[1:]
			d.receipt.FailedServers = append(d.receipt.FailedServers, err)
			d.asked, d.open = false, 0 // this one may refuse others
			before = worse(before, err)
		default:
			return worse(before, err)
		}
	}
}

// session sends over one connection until nobody is left or it cannot go on;
// nil with somebody left asks for another connection.
func (d *delivery) session(ctx context.Context, c *Client) error {
	defer c.Quit()
	for len(d.todo) > 0 && !c.done && !c.spent() {
		if d.e.AllOrNothing && !d.asked && (d.several || len(d.todo) > c.limit) {
			if err := d.askAll(ctx, c); err != nil {
				return err
			}
			continue
		}
		t, batch := d.batch(c, d.todo)
		if t.e.QuitAfter = len(batch) == len(d.todo); !t.e.QuitAfter {
			d.keep()
		}
		t.more = d.more
		err := t.run(ctx, d.content)
		d.take(t, batch, err)
		if err != nil {
			return err
		}
	}
	return nil
}

// batch makes a transaction for the first recipients of todo.
func (d *delivery) batch(c *Client, todo []int) (*transaction, []int) {
	batch := todo[:min(len(todo), c.limit)]
	e := d.e
	e.To = make([]string, len(batch))
	for i, r := range batch {
		e.To[i] = d.e.To[r]
	}
	return c.begin(e), batch
}

// more says whether content may be sent while some recipients are left for
// another transaction: not before it is known that nobody is refused.
func (d *delivery) more() bool {
	if d.several = true; d.e.AllOrNothing && !d.asked {
		return false
	}
	d.keep()
	return true
}

// keep asks the content, once and before it is first written, to be ready for
// another time.
func (d *delivery) keep() {
	if !d.written {
		d.content.keep = true
	}
}

// take writes down what became of a batch, the first recipients of todo, and
// leaves there those who have no outcome yet.
func (d *delivery) take(t *transaction, batch []int, err error) {
	d.written = d.written || t.content
	d.stage = t.stage()
	t.doubt(err)
	left := make([]int, 0, len(batch))
	for i, r := range batch {
		if t.states[i] != settled {
			left = append(left, r)
			continue
		}
		d.to[r] = t.to[i]
		if outcome := t.to[i].Outcome; outcome == OutcomeAccepted || outcome == OutcomeRefused {
			d.decided++
		}
	}
	d.todo = d.todo[len(batch)-len(left):]
	copy(d.todo, left)
}

// enough tells whether a server ended a session that it may begin anew: 421,
// and 4.5.3 to MAIL for too many mails (RFC 3463 §3.6). While content is
// written it is too late: its source may still be at work.
func enough(err error) bool {
	e := asError(err)
	if e.Stage == StageContent {
		return false
	}
	return e.Reply.Code == 421 || e.Stage == StageMail && e.Reply.Enhanced == "4.5.3"
}

// worse chooses what to report of two servers: that one may work later says
// more than that the other does not exist.
func worse(before, err error) error {
	if e := asError(err); before != nil && e != nil && e.Kind == KindNoHost && asError(before).Kind != KindNoHost {
		return before
	}
	return err
}
