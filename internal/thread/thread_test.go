package thread

import (
	"strings"
	"testing"

	"mailpipe/internal/message"
)

func TestSubject(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"hello", "Re: hello"},
		{"Re: hello", "Re: hello"},
		{"RE: hello", "RE: hello"},
		{"", "Re:"},
		{"=?utf-8?Q?=C3=A9t=C3=A9?=", "Re: été"},
		{"=?utf-8?Q?Re:_=C3=A9t=C3=A9?=", "Re: été"},
		{"=?koi8-r?B?8NLJ18XU?=", "Re: Привет"},
		{"=?iso-2022-jp?B?GyRCRnxLXBsoQg==?=", "Re: 日本"},
		{"=?klingon?Q?x?=", "Re: =?klingon?Q?x?="},
		{"=?klingon?B?eA==?= =?klingon?Q?y?= and =?utf-8?Q?=C3=A9t=C3=A9_?= =?utf-8?Q?26?=",
			"Re: =?klingon?B?eA==?= =?klingon?Q?y?= and été 26"},
		{"=?utf-8?Q?a=0D=0ABcc:_x=1B?=", "Re: a  Bcc: x"}, // invalid on the command line
		{"caf\xe9 \x80 5", "Re: café € 5"},
		{"caf\xe9 =?utf-8?Q?=C3=A9?=", "Re: café é"},
		{"[list]=?utf-8?Q?=C3=A9?=", "Re: [list]é"}, // invalid, but frequent
		{"Regarding this", "Re: Regarding this"},
	} {
		parent := message.NewHeader([]byte("Subject: "+tt.in+"\n"), 1)
		if got := Subject(parent); got != tt.want {
			t.Errorf("%q: %q, want %q", tt.in, got, tt.want)
		}
	}
}

func TestMsgIDs(t *testing.T) {
	for in, want := range map[string]string{
		"<a@b>": "a@b", "<a@b> <c@d>": "a@b c@d", "<a@b><c@d>": "a@b c@d", "(comment) <a@b> (x)": "a@b",
		"<a@b> (<c@d>) <e@f>": "a@b e@f", "<a@b> :-( <c@d>": "a@b c@d", "<(a@b> <c)@d>": "(a@b c)@d",
		"": "", "a@b": "", "<a@b": "", ">a<": "", "<>": "", "<a b@c> <d@e>": "d@e", "<\x1b@x>": "", "<é@x>": "",
		"<" + strings.Repeat("x", 1000) + ">": "",
	} {
		if got := strings.Join(msgIDs(in), " "); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}
