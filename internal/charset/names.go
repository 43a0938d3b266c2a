package charset

import (
	"strings"
	"sync"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	"golang.org/x/text/encoding/unicode"
)

// byName returns the encodings by plain name.
var byName = sync.OnceValue(func() map[string]encoding.Encoding {
	m := make(map[string]encoding.Encoding)
	for _, e := range encodings {
		for _, name := range strings.Fields(e.names) {
			m[name] = e.encoding
		}
	}
	return m
})

// encodings has the plain names of each encoding: those in the Encoding Standard of
// browsers, those of IANA, and a few more that mail has. If a name means different
// encodings, it is the one of browsers. A program that imports the indexes of
// golang.org/x/text builds their maps whenever it starts, which takes as long as
// all else before main.
var encodings = [...]struct {
	encoding encoding.Encoding
	names    string
}{
	{unicode.UTF8, "cp65001 csutf8 unicode11utf8 unicode20utf8 utf8 xunicode20utf8"},
	{
		unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM),
		"csunicode csutf16le iso10646ucs2 ucs2 unicode unicodefeff utf16 utf16le",
	},
	{unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM), "csutf16be unicodefffe utf16be"},
	{unicode.UTF16(unicode.BigEndian, unicode.UseBOM), "csutf16"},

	{charmap.Windows874, "cp874 cswindows874 dos874 iso885911 tis620 windows874"},
	{charmap.Windows1250, "cp1250 cswindows1250 win1250 windows1250 xcp1250"},
	{charmap.Windows1251, "cp1251 cswindows1251 win1251 windows1251 xcp1251"},
	{
		charmap.Windows1252,
		"ansix3.41968 ansix3.41986 ascii cp1252 cp367 cp819 csascii csisolatin1 cswindows1252 ibm367 ibm819 " +
			"iso646.irv:1991 iso646us iso88591 iso88591:1987 isoir100 isoir6 l1 latin1 us usascii win1252 " +
			"windows1252 xcp1252",
	},
	{charmap.Windows1253, "cp1253 cswindows1253 win1253 windows1253 xcp1253"},
	{
		charmap.Windows1254,
		"cp1254 csisolatin5 cswindows1254 iso88599 iso88599:1989 isoir148 l5 latin5 win1254 windows1254 " +
			"xcp1254",
	},
	{charmap.Windows1255, "cp1255 cswindows1255 win1255 windows1255 xcp1255"},
	{charmap.Windows1256, "cp1256 cswindows1256 win1256 windows1256 xcp1256"},
	{charmap.Windows1257, "cp1257 cswindows1257 win1257 windows1257 xcp1257"},
	{charmap.Windows1258, "cp1258 cswindows1258 win1258 windows1258 xcp1258"},

	{charmap.ISO8859_2, "csisolatin2 iso88592 iso88592:1987 isoir101 l2 latin2"},
	{charmap.ISO8859_3, "csisolatin3 iso88593 iso88593:1988 isoir109 l3 latin3"},
	{charmap.ISO8859_4, "csisolatin4 iso88594 iso88594:1988 isoir110 l4 latin4"},
	{charmap.ISO8859_5, "csisolatincyrillic cyrillic iso88595 iso88595:1988 isoir144"},
	{
		charmap.ISO8859_6,
		"arabic asmo708 csiso88596e csiso88596i csisolatinarabic ecma114 iso88596 iso88596:1987 iso88596e " +
			"iso88596i isoir127",
	},
	{charmap.ISO8859_7, "csisolatingreek ecma118 elot928 greek greek8 iso88597 iso88597:1987 isoir126 suneugreek"},
	{charmap.ISO8859_8, "csiso88598e csisolatinhebrew hebrew iso88598 iso88598:1988 iso88598e isoir138 visual"},
	{charmap.ISO8859_8I, "csiso88598i iso88598i logical"},
	{charmap.ISO8859_10, "csisolatin6 iso885910 iso885910:1992 isoir157 l6 latin6"},
	{charmap.ISO8859_13, "csiso885913 iso885913"},
	{charmap.ISO8859_14, "csiso885914 iso885914 iso885914:1998 isoceltic isoir199 l8 latin8"},
	{charmap.ISO8859_15, "csiso885915 csisolatin9 iso885915 l9 latin9"},
	{charmap.ISO8859_16, "csiso885916 iso885916 iso885916:2001 isoir226 l10 latin10"},

	{charmap.KOI8R, "cskoi8r koi koi8 koi8r"},
	{charmap.KOI8U, "cskoi8u koi8ru koi8u"},
	{charmap.Macintosh, "csmacintosh mac macintosh macroman xmacroman"},
	{charmap.MacintoshCyrillic, "maccyrillic xmaccyrillic xmacukrainian"},
	{charmap.XUserDefined, "xuserdefined"},

	{charmap.CodePage037, "cp37 csibm37 ebcdiccpca ebcdiccpnl ebcdiccpus ebcdiccpwt ibm37"},
	{charmap.CodePage437, "437 cp437 cspc8codepage437 ibm437"},
	{charmap.CodePage850, "850 cp850 cspc850multilingual ibm850"},
	{charmap.CodePage852, "852 cp852 cspcp852 ibm852"},
	{charmap.CodePage855, "855 cp855 csibm855 ibm855"},
	{charmap.CodePage858, "ccsid858 cp858 csibm858 ibm858 pcmultilingual850+euro"},
	{charmap.CodePage860, "860 cp860 csibm860 ibm860"},
	{charmap.CodePage862, "862 cp862 cspc862latinhebrew ibm862"},
	{charmap.CodePage863, "863 cp863 csibm863 ibm863"},
	{charmap.CodePage865, "865 cp865 csibm865 ibm865"},
	{charmap.CodePage866, "866 cp866 csibm866 ibm866"},
	{charmap.CodePage1047, "csibm1047 ibm1047"},
	{charmap.CodePage1140, "ccsid1140 cp1140 csibm1140 ebcdicus37+euro ibm1140"},

	{japanese.EUCJP, "cseucpkdfmtjapanese eucjp extendedunixcodepackedformatforjapanese xeucjp"},
	{japanese.ISO2022JP, "csiso2022jp iso2022jp"},
	{japanese.ShiftJIS, "cp932 csshiftjis ms932 mskanji shiftjis sjis windows31j xsjis"},
	{
		korean.EUCKR,
		"cp949 cseuckr csksc56011987 euckr isoir149 korean ksc5601 ksc56011987 ksc56011989 ms949 uhc " +
			"windows949",
	},
	{simplifiedchinese.GB18030, "csgb18030 gb18030"},
	{
		simplifiedchinese.GBK,
		"chinese cp936 csgb2312 csgbk csiso58gb231280 euccn gb2312 gb231280 gbk isoir58 ms936 windows936 xgbk",
	},
	{simplifiedchinese.HZGB2312, "hzgb2312"},
	{traditionalchinese.Big5, "big5 big5hkscs cnbig5 cp950 csbig5 ms950 xxbig5"},
}
