/// The places where a text may be cut: behind paragraphs, lines, sentences and words, in this order of liking.
struct Pauses {
    private let text: SourceText
    private let onlyWords: Bool

    init(_ text: SourceText, onlyWords: Bool) {
        self.text = text
        self.onlyWords = onlyWords
    }

    /// The last good place in a range. The better ones count only in its second half, so that pieces do not become
    /// short; a line is cut only where it alone is too long.
    func last(in range: Range<Int>, after end: Int) -> Int? {
        let half = max(range.lowerBound + range.count / 2, end + 1)
        let low = max(range.lowerBound, end) + 1
        var (sentenceLine, line, sentence, word): (Int?, Int?, Int?, Int?)
        for place in stride(from: range.upperBound, through: low, by: -1) {
            let isAtLine = isAfterLine(place)
            if onlyWords {
                if isAfterWord(place) { return place }
                continue
            }
            if place >= half {
                if isAtLine, isParagraphEnd(place) { return place }
                if isAtLine, sentenceLine == nil, isSentenceEnd(place) { sentenceLine = place }
                if sentence == nil, isAfterWord(place), isSentenceEnd(place) { sentence = place }
            }
            if isAtLine, line == nil { line = place }
            if word == nil, isAfterWord(place) { word = place }
            if place <= half, line != nil { break }
        }
        return sentenceLine ?? line ?? sentence ?? word
    }

    /// Where a line ends counts as well, since its end may lie just behind the range.
    private func isAfterLine(_ place: Int) -> Bool {
        text.bytes[place - 1] == Byte.newline || (place < text.count && text.bytes[place] == Byte.newline)
    }

    private func isAfterWord(_ place: Int) -> Bool {
        if text.bytes[place - 1].isSpace { return true }
        return place < text.count && text.bytes[place].isSpace
    }

    private func isParagraphEnd(_ place: Int) -> Bool {
        place >= 2 && text.bytes[place - 1] == Byte.newline && text.bytes[place - 2] == Byte.newline
    }

    /// Whether the last that was written before a place is a full stop or its like, also of Chinese and Japanese.
    private func isSentenceEnd(_ place: Int) -> Bool {
        var last = place - 1
        while last > 0, place - last < 4, text.bytes[last].isSpace { last -= 1 }
        if ".!?".utf8.contains(text.bytes[last]) { return true }
        guard last >= 2 else { return false }
        let mark = text.bytes[last - 2...last]
        return mark.elementsEqual([0xE3, 0x80, 0x82]) || mark.elementsEqual([0xEF, 0xBC, 0x81])
            || mark.elementsEqual([0xEF, 0xBC, 0x9F])
    }
}
