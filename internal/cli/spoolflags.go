package cli

import (
	"strconv"
	"strings"
	"time"

	"mailpipe/internal/address"
	"mailpipe/internal/config"
	"mailpipe/internal/termtext"
)

// readSpoolFlags reads the flags of retries and of the spool.
func (d *deliveryRequest) readSpoolFlags() (err error) {
	d.unknown, err = d.choice("unknown", "retry", "hold")
	if err != nil {
		return err
	}
	if d.unknown == "" {
		d.unknown = "retry"
	}
	if d.retryFor, err = d.duration("retry-for"); err != nil {
		return err
	}
	if d.maxAge, err = d.duration("max-age"); err != nil {
		return err
	}
	if d.flags.IsSet("on-fail") {
		a, err := addressOf("--on-fail", d.flags.String("on-fail"), address.Parse)
		if err != nil {
			return err
		}
		d.onFail = a.Mailbox()
	}
	if d.flags.Bool("spool-first") && d.flags.Bool("spool-only") {
		return usage("--spool-first and --spool-only exclude each other")
	}
	return nil
}

// duration returns the value of a flag: a number of seconds, or such as 90s, 5m, 1h
// or 5d. It is 0 if the flag was not given.
func (c *call) duration(flag string) (time.Duration, error) {
	if !c.flags.IsSet(flag) {
		return 0, nil
	}
	text := c.flags.String(flag)
	if days, ok := strings.CutSuffix(text, "d"); ok {
		if n, err := strconv.ParseFloat(days, 64); err == nil && n > 0 && n < 100_000 {
			return time.Duration(n * 24 * float64(time.Hour)), nil
		}
	}
	duration, ok := config.ParseDuration(text)
	if !ok {
		return 0, usage(`--%s: invalid duration "%s": must be a number of seconds, or such as 90s, 5m, 1h or 5d`,
			flag, termtext.Line(text))
	}
	return duration, nil
}

// checkSpool returns an error if a flag requires a spool and there is none.
func (d *deliveryRequest) checkSpool() error {
	if d.settings.Spool != nil {
		return nil
	}
	for _, flag := range []string{"spool-first", "spool-only", "spool-refused", "max-age", "on-fail"} {
		if d.flags.IsSet(flag) {
			return usage("--%s: there is no spool", flag).withHint("add --spool user:")
		}
	}
	return nil
}
