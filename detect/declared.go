package detect

import (
	"regexp"
	"strings"
	"sync"
)

// declaration matches what a page or an XML document says of its own charset.
var declaration = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?i)<\?xml[^>]*\sencoding\s*=\s*["']([\w.:-]+)|<meta[^>]*\bcharset\s*=\s*["']?([\w.:-]+)`)
})

// declarable are the charsets that are believed, and their other names.
var declarable = table(`
iso-8859-1    iso-8859-1 latin1
iso-8859-2    iso-8859-2 latin2
iso-8859-3    iso-8859-3
iso-8859-4    iso-8859-4
iso-8859-5    iso-8859-5
iso-8859-6    iso-8859-6
iso-8859-7    iso-8859-7
iso-8859-8    iso-8859-8 iso-8859-8-i
iso-8859-9    iso-8859-9 latin5
iso-8859-10   iso-8859-10
iso-8859-13   iso-8859-13
iso-8859-14   iso-8859-14
iso-8859-15   iso-8859-15 latin9
iso-8859-16   iso-8859-16
windows-1250  windows-1250 cp1250
windows-1251  windows-1251 cp1251
windows-1252  windows-1252 cp1252
windows-1253  windows-1253 cp1253
windows-1254  windows-1254 cp1254
windows-1255  windows-1255 cp1255
windows-1256  windows-1256 cp1256
windows-1257  windows-1257 cp1257
windows-1258  windows-1258 cp1258
koi8-r        koi8-r
koi8-u        koi8-u
ibm866        ibm866 cp866
tis-620       tis-620 windows-874
shift_jis     shift_jis shift-jis x-sjis windows-31j
euc-jp        euc-jp x-euc-jp
euc-kr        euc-kr ks_c_5601-1987
gb18030       gb18030 gbk gb2312
big5          big5
`)

// declared returns the charset that a document names, where its octets are not
// proven to be another: what stood in a mail would be believed more than this.
func declared(mediaType string, head []byte) string {
	if mediaType != "text/html" && mediaType != "application/xml" && !strings.HasSuffix(mediaType, "+xml") {
		return ""
	}
	match := declaration().FindSubmatch(head[:min(len(head), 4<<10)])
	if match == nil {
		return ""
	}
	return declarable()[strings.ToLower(string(match[1])+string(match[2]))]
}
