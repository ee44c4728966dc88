/// YAML by its indentation: keys and elements are places. It is not parsed, so an alias stays an alias, nothing is
/// too deep, and what is broken is cut as well.
struct YAMLSyntax {
    private let text: SourceText
    private var outline: Outline
    /// Twice the column of each open place, and one more for an element: it may stand below its key.
    private var columns: [Int] = []
    private var numbers: [Int] = []
    /// The column of the key whose text block is being passed over.
    private var block: Int?
    /// Where the comments begin that stand directly above.
    private var comment: Int?

    init(_ text: SourceText, _ sizes: Outline.Sizes) {
        self.text = text
        outline = Outline(of: text, sizes)
    }

    mutating func parts() -> [Part] {
        var place = 0
        while place < text.count {
            let line = text.lineRange(from: place)
            read(line)
            place = line.upperBound + 1
        }
        return outline.finish()
    }

    private mutating func read(_ line: Range<Int>) {
        let ink = text.firstInk(in: line)
        let column = ink - line.lowerBound
        if ink == line.upperBound {
            comment = nil
            return
        }
        if let block, column > block { return }
        block = nil
        if text.bytes[ink] == Byte.hash {
            comment = comment ?? line.lowerBound
            return
        }
        let start = comment ?? line.lowerBound
        comment = nil
        if column == 0, isDivision(line) {
            close(downTo: 0, at: start)
            outline.open(.none, at: start)
            outline.close(at: line.upperBound)
            return
        }
        readContent(ink..<line.upperBound, of: line, from: start)
    }

    /// Dashes and keys, of which one line can have many: `- - name: x`.
    private mutating func readContent(_ content: Range<Int>, of line: Range<Int>, from start: Int) {
        var ink = content.lowerBound
        var column = ink - line.lowerBound
        while ink < content.upperBound {
            if isDash(at: ink, in: content) {
                beginElement(column, at: start)
                block = endsInBlock(content) ? column : nil
                ink = text.firstInk(in: ink + 1..<content.upperBound)
                column = ink - line.lowerBound
            } else if let colon = keyEnd(ink..<content.upperBound) {
                close(downTo: column * 2, at: start)
                outline.open(.text(unquoted(ink..<colon)), at: start)
                columns.append(column * 2)
                numbers.append(0)
                block = endsInBlock(colon + 1..<content.upperBound) ? column : nil
                return
            } else {
                return
            }
        }
    }

    private mutating func beginElement(_ column: Int, at start: Int) {
        let isNext = close(downTo: column * 2 + 1, at: start)
        let number = isNext ?? 0
        outline.open(.element(number), at: start)
        columns.append(column * 2 + 1)
        numbers.append(number)
    }

    /// - Returns: the number for the next element, where one in the same column was closed.
    @discardableResult
    private mutating func close(downTo column: Int, at end: Int) -> Int? {
        var next: Int?
        while let last = columns.last, last >= column {
            next = last == column ? (numbers.last ?? 0) + 1 : nil
            columns.removeLast()
            numbers.removeLast()
            outline.close(at: end)
        }
        return next
    }

    /// `---` and `...`
    private func isDivision(_ line: Range<Int>) -> Bool {
        let word = text.bytes[line].prefix { !$0.isSpace }
        return word.elementsEqual("---".utf8) || word.elementsEqual("...".utf8)
    }

    private func isDash(at place: Int, in content: Range<Int>) -> Bool {
        guard text.bytes[place] == Byte.dash else { return false }
        return place + 1 == content.upperBound || text.bytes[place + 1].isSpace
    }

    /// The place of the colon behind a key.
    private func keyEnd(_ content: Range<Int>) -> Int? {
        let first = text.bytes[content.lowerBound]
        guard first != Byte.openBrace, first != Byte.openBracket else { return nil }
        let isQuoted = first == Byte.quote || first == Byte.apostrophe
        var place = content.lowerBound + 1
        if isQuoted {
            while place < content.upperBound, text.bytes[place] != first {
                place += text.bytes[place] == Byte.backslash && first == Byte.quote ? 2 : 1
            }
            place += 1
            return place < content.upperBound && text.bytes[place] == Byte.colon ? place : nil
        }
        while place < content.upperBound {
            if text.bytes[place] == Byte.colon, place + 1 == content.upperBound || text.bytes[place + 1].isSpace {
                return place
            }
            if text.bytes[place] == Byte.hash, text.bytes[place - 1].isSpace { return nil }
            place += 1
        }
        return nil
    }

    private func unquoted(_ key: Range<Int>) -> Range<Int> {
        let first = text.bytes[key.lowerBound]
        guard first == Byte.quote || first == Byte.apostrophe, key.count >= 2 else { return key }
        return key.lowerBound + 1..<key.upperBound - 1
    }

    /// Whether the last word of a line is `|` or `>`, which text on the lines below follows.
    private func endsInBlock(_ content: Range<Int>) -> Bool {
        var end = content.upperBound
        while end > content.lowerBound, text.bytes[end - 1].isSpace { end -= 1 }
        while end > content.lowerBound, "+-123456789".utf8.contains(text.bytes[end - 1]) { end -= 1 }
        guard end > content.lowerBound, "|>".utf8.contains(text.bytes[end - 1]) else { return false }
        return end - 1 == content.lowerBound || text.bytes[end - 2].isSpace
    }
}
