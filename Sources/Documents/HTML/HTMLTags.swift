/// A tag as it stands in a page.
struct HTMLTag {
    /// In lower case; empty for a comment and the like.
    var name: String
    var isEnd: Bool
    /// From its `<` to behind its `>`.
    var start: Int
    var end: Int

    /// 1 to 6 for `h1` to `h6`.
    var headingLevel: Int? {
        guard name.utf8.count == 2, name.hasPrefix("h"), let level = name.last?.wholeNumberValue else { return nil }
        return (1...6).contains(level) ? level : nil
    }
}

/// Finds the tags of a page. A search that has failed once is not made again: it would find nothing further on either.
struct HTMLTags {
    private let bytes: [UInt8]
    private var hasNoMoreTags = false
    private var hasNoMoreComments = false
    private var ignoresQuotes = false
    /// The elements whose end was looked for in vain.
    private var unclosed: Set<String> = []

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// - Returns: `nil` where the `<` is only a letter.
    mutating func tag(at start: Int) -> HTMLTag? {
        guard !hasNoMoreTags, start + 1 < bytes.count else { return nil }
        let next = bytes[start + 1]
        if next == UInt8(ascii: "!") || next == UInt8(ascii: "?") { return declaration(at: start) }
        let isEnd = next == Byte.slash
        let first = isEnd ? start + 2 : start + 1
        guard first < bytes.count, bytes[first].isLetter else { return nil }
        var last = first
        while last < bytes.count, last - first < 32, bytes[last].isWordByte || bytes[last] == Byte.dash { last += 1 }
        guard let end = tagEnd(from: last) else { return nil }
        let name = String(decoding: bytes[first..<last].map { $0.isLetter ? $0 | 0x20 : $0 }, as: UTF8.self)
        return HTMLTag(name: name, isEnd: isEnd, start: start, end: end)
    }

    /// - Returns: behind the end tag of an element whose content is not wanted; `nil` where it has none.
    mutating func end(of tag: HTMLTag) -> Int? {
        guard !unclosed.contains(tag.name) else { return nil }
        let name = Array(tag.name.utf8)
        var place = tag.end
        while let found = find([Byte.less, Byte.slash], from: place) {
            if hasName(name, at: found + 2) { return tagEnd(from: found + 2) ?? bytes.count }
            place = found + 2
        }
        unclosed.insert(tag.name)
        return nil
    }

    func attribute(_ name: String, of tag: HTMLTag) -> [UInt8]? {
        let wanted = Array("\(name)=".utf8)
        let content = bytes[tag.start..<tag.end].prefix(4096)
        var place = content.startIndex
        while place + wanted.count < content.endIndex {
            if content[place].isSpace, content[(place + 1)...].starts(with: wanted) {
                let start = place + 1 + wanted.count
                guard start < content.endIndex else { return nil }
                let quote = content[start]
                let isQuoted = quote == Byte.quote || quote == Byte.apostrophe
                let value = content[(isQuoted ? start + 1 : start)...]
                return Array(value.prefix { isQuoted ? $0 != quote : !$0.isSpace && $0 != Byte.greater })
            }
            place += 1
        }
        return nil
    }

    private mutating func declaration(at start: Int) -> HTMLTag? {
        let isComment = bytes[start...].starts(with: "<!--".utf8)
        if isComment, hasNoMoreComments { return nil }
        let found = isComment ? find(Array("-->".utf8), from: start + 4) : find([Byte.greater], from: start)
        guard let found else {
            if isComment { hasNoMoreComments = true } else { hasNoMoreTags = true }
            return nil
        }
        return HTMLTag(name: "", isEnd: false, start: start, end: found + (isComment ? 3 : 1))
    }

    /// A `>` within quotes does not end a tag, unless the quotes of the page cannot be believed.
    private mutating func tagEnd(from start: Int) -> Int? {
        var quote: UInt8?
        var place = start
        while !ignoresQuotes, place < bytes.count {
            let byte = bytes[place]
            if let open = quote {
                if byte == open { quote = nil }
            } else if byte == Byte.greater {
                return place + 1
            } else if byte == Byte.quote || byte == Byte.apostrophe, bytes[place - 1] == UInt8(ascii: "=") {
                quote = byte
            }
            place += 1
        }
        ignoresQuotes = true
        if let end = find([Byte.greater], from: start) { return end + 1 }
        hasNoMoreTags = true
        return nil
    }

    private func hasName(_ name: [UInt8], at place: Int) -> Bool {
        guard place + name.count <= bytes.count else { return false }
        for (index, byte) in name.enumerated() where bytes[place + index] | 0x20 != byte { return false }
        return place + name.count == bytes.count || !bytes[place + name.count].isWordByte
    }

    private func find(_ wanted: [UInt8], from start: Int) -> Int? {
        var place = start
        while place + wanted.count <= bytes.count {
            if bytes[place] == wanted[0], bytes[place..<place + wanted.count].elementsEqual(wanted) { return place }
            place += 1
        }
        return nil
    }
}
