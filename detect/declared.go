package detect

import (
	"bytes"
	"cmp"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// maxDeclaration is the number of octets at the beginning of a document in which a
// declaration of its charset is searched for.
const maxDeclaration = 4 << 10

// xmlCharset matches the charset in an XML declaration, contentCharset that in the
// content of <meta http-equiv="Content-Type">.
var (
	xmlCharset     = lazyRegexp(`(?i)<\?xml[^>]*\sencoding\s*=\s*["']([\w.:-]+)`)
	contentCharset = lazyRegexp(`(?i)\bcharset\s*=\s*["']?([\w.:-]+)`)
)

// believable matches the charsets that a document may declare: those that the
// octets can neither prove nor disprove.
var believable = lazyRegexp(`^(iso-8859-([1-9]|1[013-6])|windows-125\d|koi8-[ru]|ibm866|macintosh|tis-620` +
	`|shift_jis|euc-jp|euc-kr|gb18030|big5)$`)

// preferredNames are the names of charsets that mail programs know best, and their
// aliases. GB 18030 has all characters of its predecessors.
var preferredNames = table(`
iso-8859-1    latin1
iso-8859-2    latin2
iso-8859-8    iso-8859-8-i
iso-8859-9    latin5
iso-8859-15   latin9
windows-1250  cp1250
windows-1251  cp1251
windows-1252  cp1252
windows-1253  cp1253
windows-1254  cp1254
windows-1255  cp1255
windows-1256  cp1256
windows-1257  cp1257
windows-1258  cp1258
ibm866        cp866
tis-620       windows-874
shift_jis     shift-jis x-sjis windows-31j
euc-jp        x-euc-jp
euc-kr        ks_c_5601-1987
gb18030       gbk gb2312
`)

// declared returns the charset that a document declares, or "". It is called only
// if the octets do not prove another one: a mail reader believes the charset
// parameter, not the document.
func declared(mediaType string, body []byte) string {
	isMarkup := mediaType == "text/html" || mediaType == "application/xml" || strings.HasSuffix(mediaType, "+xml")
	if !isMarkup {
		return ""
	}
	body = body[:min(len(body), maxDeclaration)]
	name := metaCharset(body)
	if match := xmlCharset().FindSubmatch(body); match != nil {
		name = string(match[1])
	}
	name = strings.ToLower(name)
	name = cmp.Or(preferredNames()[name], name)
	if !believable().MatchString(name) {
		return ""
	}
	return name
}

// metaCharset returns the charset that a page declares in <meta>, or "".
func metaCharset(page []byte) string {
	z := html.NewTokenizer(bytes.NewReader(page))
	for {
		kind := z.Next()
		token := z.Token()
		switch {
		case kind == html.ErrorToken:
			return ""
		case token.DataAtom == atom.Noscript:
			z.NextIsNotRawText() // it is HTML for programs that run no scripts
		case token.DataAtom == atom.Meta:
			if name := charsetOfMeta(token.Attr); name != "" {
				return name
			}
		}
	}
}

// charsetOfMeta returns the charset that the attributes of a <meta> declare, or "".
func charsetOfMeta(attributes []html.Attribute) string {
	values := map[string]string{}
	for _, a := range attributes {
		values[a.Key] = a.Val
	}
	match := contentCharset().FindStringSubmatch(values["content"])
	if match != nil && strings.EqualFold(values["http-equiv"], "content-type") {
		return match[1]
	}
	return strings.TrimSpace(values["charset"])
}
