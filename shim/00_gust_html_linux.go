package gust__shim

// gust__finder finds where a script comes first in a page without changing what the page means: behind
// byte order mark, white space, comments, the doctype, `<html …>` and `<head …>`, before the first other
// thing. It reads a page in pieces, and keeps back nothing but the begin of a tag. (HTML standard, 13.2.5
// and 13.2.6.4; src/core/html-insertion.ts does the same for the proxy, with the same tests.)
type gust__finder struct {
	state gust__htmlState
	// held is the begin of a token whose kind is not known yet; at most five bytes.
	held []byte
	// offset counts the bytes that were given back.
	offset int
	// dashes are how many came last in a comment; fresh: nothing else came in it yet.
	dashes int
	fresh  bool
	// quote is open, or 0; last is what came before, without white space.
	quote, last byte
}

type gust__htmlState int

const (
	gust__between gust__htmlState = iota
	gust__inComment
	gust__inDeclaration
	gust__inTag
	// These are no states, but kinds of a token.
	gust__incomplete
	gust__elsewise
)

// feed takes the next piece. before belongs before the place; after, once it is found, behind it.
func (f *gust__finder) feed(piece []byte) (before, after []byte, found bool) {
	data := piece
	if len(f.held) > 0 {
		data = append(append([]byte(nil), f.held...), piece...)
		f.held = nil
	}
	for i := 0; i < len(data); i++ {
		c := data[i]
		switch f.state {
		case gust__inComment:
			f.comment(c)
		case gust__inDeclaration:
			if c == '>' {
				f.state = gust__between
			}
		case gust__inTag:
			f.tag(c)
		default:
			if gust__isSpace(c) || gust__isMark(c, f.offset+i) {
				continue
			}
			kind, length := gust__token(data[i:])
			switch kind {
			case gust__elsewise:
				return data[:i], data[i:], true
			case gust__incomplete:
				f.held = append([]byte(nil), data[i:]...)
				f.offset += i
				return data[:i], nil, false
			}
			f.state, f.dashes, f.fresh, f.quote, f.last = kind, 0, true, 0, 0
			i += length - 1
		}
	}
	f.offset += len(data)
	return data, nil, false
}

// gust__token tells what begins here, and how many bytes it takes to know that.
func gust__token(data []byte) (kind gust__htmlState, length int) {
	text := string(data)
	switch {
	case text[0] != '<':
		return gust__elsewise, 0
	case text == "<" || text == "<!" || text == "<!-":
		return gust__incomplete, 0
	case gust__hasPrefix(text, "<!--"):
		return gust__inComment, 4
	case text[1] == '!' || text[1] == '?':
		return gust__inDeclaration, 2
	}
	const length5 = len("<html")
	if len(text) <= length5 {
		if gust__isTag(text, "<html") || gust__isTag(text, "<head") {
			return gust__incomplete, 0
		}
		return gust__elsewise, 0
	}
	end := text[length5]
	if name := text[:length5]; !gust__isTag(name, "<html") && !gust__isTag(name, "<head") {
		return gust__elsewise, 0
	}
	if end != '>' && end != '/' && !gust__isSpace(end) {
		return gust__elsewise, 0
	}
	return gust__inTag, length5
}

func (f *gust__finder) comment(c byte) {
	switch {
	case c == '-' && f.last == '!' && f.dashes >= 2:
		f.dashes = 1
	case c == '-':
		f.dashes++
	case c == '>' && (f.dashes >= 2 || f.fresh):
		// `<!-->` and `<!--->` are whole comments, and `--!>` ends one too.
		f.state = gust__between
	case c == '!' && f.dashes >= 2 && f.last == '-':
		f.fresh = false
	default:
		f.dashes, f.fresh = 0, false
	}
	f.last = c
}

func (f *gust__finder) tag(c byte) {
	switch {
	case f.quote != 0:
		if c == f.quote {
			f.quote = 0
		}
	case c == '>':
		f.state = gust__between
	case (c == '"' || c == '\'') && f.last == '=':
		f.quote = c
	}
	if !gust__isSpace(c) {
		f.last = c
	}
}

// gust__isMark tells whether this is a byte of a byte order mark at the begin of the page.
func gust__isMark(c byte, offset int) bool {
	const mark = "\xef\xbb\xbf"
	return offset < len(mark) && c == mark[offset]
}

func gust__isSpace(c byte) bool {
	return c == ' ' || c == '\t' || c == '\n' || c == '\f' || c == '\r'
}

// gust__isTag tells whether text, in letters of any case, is how a tag begins.
func gust__isTag(text, tag string) bool {
	for i := 0; i < len(text); i++ {
		c := text[i]
		if c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		if c != tag[i] {
			return false
		}
	}
	return true
}
