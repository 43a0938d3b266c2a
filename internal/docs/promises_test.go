package docs

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// A promise is how a promise of a man page begins, and the tests that fail if it is
// broken. A name after a slash is a file of cases.
type promise struct{ begin, tests string }

var deliverPromises = []promise{
	{
		"Memory use does not grow with the size of the message.",
		"internal/bench.TestMemory internal/message.TestMemory internal/sharedspool.TestLargeMessage",
	},
	{
		"Only the final dot or the last BDAT chunk commits a mail.",
		"wire.TestContentFails wire.TestContentIgnoresError wire.TestContentIgnoresWriteError " +
			"wire.TestContentErrorIsPermanent",
	},
	{
		"A multipart message that was cut off, at any octet, is not",
		"internal/message.TestTruncation internal/testservers.TestComposeKilled " +
			"internal/testservers.TestFailureBeforeDeliver",
	},
	{
		"Exit status 0 means that a server accepted the mail for every",
		"wire.FuzzServer wire.TestReplies wire.TestNotReplies internal/cli.TestScripts/spool",
	},
	{
		"Each failure in each state of the dialogue has one defined exit",
		"wire.TestHostileServer",
	},
	{
		"A mail is never delivered twice or in part, unless the error",
		"wire.TestHostileServer internal/testservers.TestServerKilled",
	},
	{
		"What reaches the server contains exactly one end of data,",
		"wire.TestSmuggling wire.FuzzStuffing internal/message.TestSmuggling",
	},
	{
		"Nothing in a message, an address or a flag can add a command to",
		"wire.TestInvalidArguments wire.TestAddresses internal/address.TestParseMistakes",
	},
	{
		"If the server accepts no recipient, it is sent no content.",
		"wire.TestDialogues/recipients",
	},
	{
		"Of 100,000 recipients, each is served exactly once.",
		"wire.TestHundredThousandRecipients wire.TestDialogues/transactions internal/message.TestManyRecipients",
	},
	{
		`With \-\-partial refuse, no content is sent before the server`,
		"wire.TestDialogues/all_or_nothing wire.TestAllOrNothingAsksEachServer wire.TestSendAllOrNothing",
	},
	{
		"After a signal, at whatever moment, each recipient either gets",
		"wire.TestCancelAnywhere wire.TestCancel wire.TestCancelWithTheContent wire.TestNoDotAfterTheContext " +
			"internal/cli.TestScripts/signals internal/signals.TestSignal",
	},
	{
		"If several servers are named, the next one is sent only what",
		"wire.TestServersInTurn",
	},
	{
		"A server cannot keep the program waiting forever.",
		"wire.TestSlowReply wire.TestSlowReader wire.TestCommandGroupCannotDeadlock wire.TestServerGivesUp",
	},
	{
		"The length of what a server sends is limited, and control",
		"wire.TestNotReplies wire.TestReplyIsSafeForATerminal wire.FuzzReply",
	},
	{
		"A password is sent only over verified TLS or a Unix socket.",
		"wire.TestPasswordIsNotSent wire.TestSecretIsNotShown wire.TestSecretIsNotInReceipt " +
			"wire.TestSecretIsNotInSCRAMError",
	},
	{
		`\(lqVerified\(rq means that the name, the chain and the date of`,
		"wire.TestCertificates wire.TestHostileHandshake internal/testservers.TestTrust",
	},
	{
		"What was learned before STARTTLS is forgotten.",
		"wire.TestForgetsAfterSTARTTLS wire.TestSecurity",
	},
	{
		"Bcc, Resent-Bcc and Return-Path never reach a server.",
		"internal/message.TestWriteTo internal/testservers.TestServers",
	},
	{
		"The message that arrives at Postfix, Exim, OpenSMTPD and",
		"internal/testservers.TestServers internal/testservers.TestComposeAndDeliver",
	},
}

var queuePromises = []promise{
	{
		"A message is removed only after it was accepted for every",
		"internal/spool/directory.TestKill internal/spool/directory.TestPowerFailure " +
			"internal/spool/directory.TestFaults internal/queue.TestReplies " +
			"internal/queue.TestPartlyAccepted internal/cli.TestScripts/queue_change " +
			"internal/sharedspool.TestKilledWorkers internal/sharedspool.TestFailover",
	},
	{
		"A message is never sent twice, unless the program says that",
		"internal/spool/directory.TestKill internal/spool/directory.TestPowerFailure " +
			"internal/spool/directory.TestAcceptedButNotRecorded " +
			"internal/queue.TestInterrupted internal/queue.TestManyFlushes internal/cli.TestScripts/queue_run " +
			"internal/sharedspool.TestKilledWorkers internal/sharedspool.TestStoppedWorkers " +
			"internal/sharedspool.TestFailover",
	},
	{
		"A message that was damaged or edited in the spool is never",
		"internal/spool/directory.TestWrongChecksum internal/queue.TestDamage internal/cli.TestScripts/queue_damage",
	},
	{
		"A sender gets exactly one bounce for a message that failed,",
		"internal/queue.TestBounce internal/queue.TestBounceAfterCrash internal/bounce.TestSavedTwice " +
			"internal/bounce.TestFinish internal/cli.TestScripts/queue_move",
	},
	{
		"A message is given up only after it was tried: five times,",
		"internal/queue.TestNotGivenUpUntried internal/spool.TestExpired",
	},
	{
		"The limits of an account hold for all processes that use the",
		"internal/queue.TestConnections internal/queue.TestRate internal/spool/directory.TestTwoProcesses",
	},
	{
		"A server that failed is not contacted before its time has",
		"internal/queue.TestServerDown internal/queue.TestProbedByAnother internal/spool/directory.TestServerPauses",
	},
	{
		"While a message is moved, only one of its copies can be sent.",
		"internal/cli.TestScripts/queue_change internal/cli.TestScripts/queue_move",
	},
	{
		"A spool contains no password.",
		"internal/cli.TestScripts/spool",
	},
	{
		"What came from a server or from a message cannot control the",
		"internal/cli.TestScripts/queue_run",
	},
}

var mailxPromises = []promise{
	{
		"No flag and nothing in the text runs a command.",
		"internal/cli.TestNoFlagsAfterTheWord internal/cli.TestMailx internal/cli.TestMailxIgnored " +
			"internal/cli.TestMailxInvalidInput internal/cli.TestScripts/mailx_input",
	},
	{
		"No flag opens a file, except",
		"internal/cli.TestNoFlagsAfterTheWord internal/cli.TestScripts/mailx_input",
	},
	{
		"No mail is sent without a file that was named.",
		"internal/cli.TestDialects internal/cli.TestMailxStreams internal/cli.TestScripts/mailx_input",
	},
	{
		"The login of an account is not sent to another server that",
		"internal/cli.TestScripts/mailx_input",
	},
	{
		"A control character in an argument never becomes part of the",
		"internal/cli.TestMailxControlCharacters internal/cli.TestMailxInvalidInput",
	},
}

// TestPromises asserts that the section PROMISES of each page has the promises of
// the table above, in that order, and that the tests in it exist.
func TestPromises(t *testing.T) {
	checkPromises(t, "mailpipe-deliver.1", deliverPromises)
	checkPromises(t, "mailpipe-queue.1", queuePromises)
	checkPromises(t, "mailpipe-mailx.1", mailxPromises)
}

func checkPromises(t *testing.T, page string, promises []promise) {
	t.Helper()
	made := promisesOf(t, page)
	if len(made) != len(promises) {
		t.Errorf("%s makes %d promises, the table has %d", page, len(made), len(promises))
	}
	exists := testNames(t)
	for i, p := range promises {
		if i < len(made) && !strings.HasPrefix(made[i], p.begin) {
			t.Errorf("%s: promise %d is %q, want %q", page, i+1, made[i], p.begin)
		}
		for _, name := range strings.Fields(p.tests) {
			if !exists[name] {
				t.Errorf("promise %q: unknown test %s", p.begin, name)
			}
		}
	}
}

// promisesOf returns the first line of each item of the section PROMISES of a page.
func promisesOf(t *testing.T, page string) []string {
	t.Helper()
	var all []string
	for _, p := range pages(t) {
		if p.name != page {
			continue
		}
		lines := p.section("PROMISES")
		for i, line := range lines {
			if line == ".It" {
				all = append(all, lines[i+1])
			}
		}
	}
	return all
}

// caseFiles has the tests that read their cases from files.
var caseFiles = map[string]string{
	"wire.TestDialogues":       "wire/testdata/dialogues/*.txt",
	"internal/cli.TestScripts": "testdata/script/*.txtar",
}

// testNames returns all tests and fuzz tests of the module as package.Name, and
// the files of caseFiles as package.Name/file.
func testNames(t *testing.T) map[string]bool {
	t.Helper()
	declaration := regexp.MustCompile(`(?m)^func ((?:Test|Fuzz)\w+)\(`)
	all := map[string]bool{}
	err := filepath.WalkDir(root, func(name string, d os.DirEntry, err error) error {
		if err == nil && d.Name() == "testdata" {
			return filepath.SkipDir
		}
		if err != nil || d.IsDir() || !strings.HasSuffix(name, "_test.go") {
			return err
		}
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		pkg, err := filepath.Rel(root, filepath.Dir(name))
		if err != nil {
			return err
		}
		for _, m := range declaration.FindAllStringSubmatch(string(text), -1) {
			all[filepath.ToSlash(pkg)+"."+m[1]] = true
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for test, pattern := range caseFiles {
		files, err := filepath.Glob(filepath.Join(root, pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			all[test+"/"+strings.TrimSuffix(filepath.Base(file), filepath.Ext(file))] = true
		}
	}
	return all
}
