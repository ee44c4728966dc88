/// What stands between two spaces: a plain word, or a code word that is found whole and by its parts.
enum SpacedWord {
    static func add(_ word: [UInt8], to list: inout TermList) {
        var word = word[...]
        while let last = word.last, !last.isLetter, !last.isDigit { word.removeLast() }
        guard let apostrophe = word.firstIndex(of: UInt8(ascii: "'")) else { return addCode(word, to: &list) }
        addElided(word, apostrophe, to: &list)
    }

    /// `don't` is `dont` and `user's` is `user`; `l'acqua`, `d'água` and `O'Brien` lose their one letter.
    private static func addElided(_ word: ArraySlice<UInt8>, _ apostrophe: Int, to list: inout TermList) {
        var pieces = word.split(separator: UInt8(ascii: "'"))
        if let last = pieces.last, pieces.count > 1, tails.contains(where: { $0.elementsEqual(last) }) {
            pieces.removeLast()
        } else if let last = pieces.last, pieces.count > 1, last.elementsEqual("t".utf8) {
            pieces.removeLast()
            pieces[pieces.count - 1] = ArraySlice(pieces[pieces.count - 1] + last)
        }
        for piece in pieces where piece.count > 1 || list.keepsSmallWords { addCode(piece, to: &list) }
    }

    /// What English writes after an apostrophe.
    private static let tails = ["s", "d", "m", "ll", "re", "ve"].map { Array($0.utf8) }

    private static func addCode(_ word: ArraySlice<UInt8>, to list: inout TermList) {
        let parts = parts(of: word)
        guard parts.count > 1 else { return list.add(word.filter { !$0.isJoint }) }
        list.add(word.lazy.filter { !$0.isJoint })
        addNumbers(in: parts, of: word, to: &list)
        for part in parts where part.count > 1 || word[part.lowerBound].isDigit { list.add(word[part]) }
    }

    /// Groups of digits beside each other, joined: `2.1` in `v2.1`, and the 1500 of `1.500,00`.
    private static func addNumbers(in parts: [Range<Int>], of word: ArraySlice<UInt8>, to list: inout TermList) {
        var start = 0
        while start < parts.count {
            var end = start
            while end < parts.count, word[parts[end].lowerBound].isDigit { end += 1 }
            if end - start > 1, end - start < parts.count { list.add(word.joined(parts[start..<end])) }
            if end - start > 2, word[parts[end - 1].lowerBound - 1] != word[parts[end - 2].lowerBound - 1] {
                list.add(word.joined(parts[start..<end - 1]))
            }
            start = max(end, start + 1)
        }
    }

    /// Cut at joints, between letters and digits, and where camel case begins a word.
    private static func parts(of word: ArraySlice<UInt8>) -> [Range<Int>] {
        var parts: [Range<Int>] = []
        var start = word.startIndex
        for index in word.indices {
            if word[index].isJoint {
                if start < index { parts.append(start..<index) }
                start = index + 1
            } else if start < index, word.beginsPart(at: index) {
                parts.append(start..<index)
                start = index
            }
        }
        if start < word.endIndex { parts.append(start..<word.endIndex) }
        return parts
    }
}

extension UInt8 {
    fileprivate var isJoint: Bool { !isLetter && !isDigit }
}

extension ArraySlice<UInt8> {
    fileprivate func joined(_ parts: ArraySlice<Range<Int>>) -> [UInt8] {
        parts.flatMap { self[$0] }
    }

    /// `finish|Reason`, `HTTP|Server`, `E|4012`; but `PDFs` and `APIs` are one.
    fileprivate func beginsPart(at index: Int) -> Bool {
        let before = self[index - 1]
        let here = self[index]
        if before.isDigit != here.isDigit { return true }
        guard here.isCapital else { return false }
        guard before.isCapital else { return true }
        return index + 2 < endIndex && self[index + 1].isSmallLetter && self[index + 2].isSmallLetter
    }
}
