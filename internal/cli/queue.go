package cli

import (
	urfave "github.com/urfave/cli/v2"
)

// queueCommands returns the subcommands of queue in the order of its help.
func queueCommands(c *call) []*urfave.Command {
	return []*urfave.Command{
		{
			Name: "list", Action: c.action(runQueueList),
			Usage: "print one line for each message",
		},
		{
			Name: "show", ArgsUsage: "ID", Action: c.action(runQueueShow),
			Usage: "print what is known about a message, or the message itself",
		},
		{
			Name: "flush", ArgsUsage: "[ID...]", Action: c.action(runQueueFlush),
			Usage: "send what is due",
		},
		{
			Name: "run", Action: c.action(runQueueRun),
			Usage: "send what is due, forever",
		},
		{
			Name: "check", Action: c.action(runQueueCheck),
			Usage: "print how many messages wait, for monitoring",
		},
		{
			Name: "hold", ArgsUsage: "[ID...]", Action: c.action(runQueueHold),
			Usage: "keep queued messages until they are released",
		},
		{
			Name: "release", ArgsUsage: "[ID...]", Action: c.action(runQueueRelease),
			Usage: "queue held messages again",
		},
		{
			Name: "retry", ArgsUsage: "[ID...]", Action: c.action(runQueueRetry),
			Usage: "make queued and failed messages due now",
		},
		{
			Name: "drop", ArgsUsage: "[ID...]", Action: c.action(runQueueDrop),
			Usage: "remove messages and print what was removed",
		},
		{
			Name: "move", ArgsUsage: "[ID...]", Action: c.action(runQueueMove),
			Usage: "move messages to another spool",
		},
		{
			Name: "init", Action: c.action(runQueueInit),
			Usage: "create the tables of a spool in a database",
		},
	}
}

// queueFlags returns the flags of a subcommand, or of queue itself.
func queueFlags(command string) []urfave.Flag {
	return group(ownQueueFlags(command), []urfave.Flag{
		spoolGroup.many("spool", "WHERE", "the spool (a directory, user:, system: or postgres://...)"),
		optionsGroup.one("config", "FILE|none", "read this configuration file, or none"),
	}, generalFlags())
}

func ownQueueFlags(command string) []urfave.Flag {
	json := optionsGroup.toggle("json", "print a JSON object per line")
	all := selectionGroup.toggle("all", "all messages")
	to := selectionGroup.one("to", "ADDR|DOMAIN", "with this recipient")
	switch command {
	case "list":
		return append(selectionFlags(), to, json)
	case "show":
		return []urfave.Flag{optionsGroup.toggle("message", "print the message, byte for byte"), json}
	case "flush":
		return []urfave.Flag{
			optionsGroup.toggle("all", "also what is not due, and to servers that failed"),
			optionsGroup.toggle("all-users", "as root: for each user of system:"),
			optionsGroup.one("jobs", "N", "use this number of servers at once (default 4)"),
			optionsGroup.one("for", "DUR", "start no message after this time"),
			outputGroup.one("report", "text|json", "print the result for each recipient"),
		}
	case "run":
		return []urfave.Flag{optionsGroup.one("jobs", "N", "use this number of servers at once (default 4)")}
	case "check":
		return []urfave.Flag{
			optionsGroup.one("max-age", "DUR", "the age of a message that is too old (default 1h)"),
			optionsGroup.one("max", "N", "the number of messages that may wait"),
			json,
		}
	case "hold", "release":
		return append(selectionFlags(), to, all)
	case "retry":
		return append(selectionFlags(), to, all,
			optionsGroup.many("S", "URL", "send to another server from now on"),
			optionsGroup.one("account A", "ACCOUNT", "use another account from now on"))
	case "drop":
		return append(selectionFlags(), to, all, json)
	case "move":
		return append(selectionFlags(), all, optionsGroup.one("to", "WHERE", "the other spool"))
	}
	return nil
}

// selectionFlags returns the flags that select messages. The flag --to is not among
// them, because it has another meaning for move.
func selectionFlags() []urfave.Flag {
	return []urfave.Flag{
		selectionGroup.one("state", "queued|held|failed|sending", "in this state"),
		selectionGroup.one("older", "DUR", "older than that"),
		selectionGroup.one("server", "URL", "that go to this server"),
		selectionGroup.one("host", "NAME", "that this host kept"),
	}
}
