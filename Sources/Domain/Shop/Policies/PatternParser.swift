/// Reads a regular expression into what is to be found.
struct PatternParser {
    private static let mostRepetitions = 1000

    private let letters: [Unicode.Scalar]
    private var place = 0

    static func node(of text: String) throws(TextPattern.Fault) -> TextPattern.Node {
        var parser = PatternParser(letters: Array(text.unicodeScalars))
        let node = try parser.choice()
        guard parser.next == nil else { throw parser.fault("a ) without its (") }
        return node
    }

    private var next: Unicode.Scalar? { place < letters.count ? letters[place] : nil }

    private mutating func take(_ letter: Unicode.Scalar) -> Bool {
        guard next == letter else { return false }
        place += 1
        return true
    }

    private func fault(_ what: String) -> TextPattern.Fault {
        TextPattern.Fault(message: "there is \(what) (after \(place) letters).")
    }

    private mutating func choice() throws(TextPattern.Fault) -> TextPattern.Node {
        var branches = [try sequence()]
        while take("|") { branches.append(try sequence()) }
        return branches.count == 1 ? branches[0] : .choice(branches)
    }

    private mutating func sequence() throws(TextPattern.Fault) -> TextPattern.Node {
        var nodes: [TextPattern.Node] = []
        while let letter = next, letter != "|", letter != ")" {
            let one = try atom()
            nodes.append(try repeated(one))
        }
        return .sequence(nodes)
    }

    private mutating func atom() throws(TextPattern.Fault) -> TextPattern.Node {
        guard let letter = next else { throw fault("nothing") }
        place += 1
        switch letter {
        case ".": return .letter(.any)
        case "^": return .beginning
        case "$": return .end
        case "[": return .letter(try letterSet())
        case "\\": return .letter(try escaped())
        case "(": return try group()
        case "*", "+", "?", "{", "}", "]":
            throw fault("a \(letter) that stands alone; write \\\(letter) for the letter")
        default: return .letter(LetterSet(letter))
        }
    }

    private mutating func group() throws(TextPattern.Fault) -> TextPattern.Node {
        if take("?"), !take(":") { throw fault("a (? that is not known here") }
        let node = try choice()
        guard take(")") else { throw fault("a ( without its )") }
        return node
    }

    private mutating func repeated(_ node: TextPattern.Node) throws(TextPattern.Fault) -> TextPattern.Node {
        guard let (least, most) = try repetitions() else { return node }
        // Which way is tried first is all that it would say.
        _ = take("?")
        if let letter = next, "*+?{".unicodeScalars.contains(letter) { throw fault("a repetition of a repetition") }
        return .repeated(node, least: least, most: most)
    }

    private mutating func repetitions() throws(TextPattern.Fault) -> (least: Int, most: Int?)? {
        if take("*") { return (0, nil) }
        if take("+") { return (1, nil) }
        if take("?") { return (0, 1) }
        guard take("{") else { return nil }
        guard let least = number() else { throw fault("a { without a number") }
        var most: Int? = least
        if take(",") { most = number() }
        guard take("}") else { throw fault("a { without its }") }
        guard least <= most ?? least, max(least, most ?? 0) <= Self.mostRepetitions else {
            throw fault("a number of times from more to fewer, or above \(Self.mostRepetitions)")
        }
        return (least, most)
    }

    private mutating func number() -> Int? {
        var digits = ""
        while let letter = next, LetterSet.digits.contains(letter), digits.utf8.count < 6 {
            digits.unicodeScalars.append(letter)
            place += 1
        }
        return Int(digits)
    }
}

extension PatternParser {
    /// What stands between `[` and `]`.
    private mutating func letterSet() throws(TextPattern.Fault) -> LetterSet {
        let isOthers = take("^")
        var set = LetterSet(ranges: [])
        var isFirst = true
        while let letter = next, letter != "]" || isFirst {
            isFirst = false
            place += 1
            if letter == "[" { throw fault("a [ within [ ]; write \\[ for the letter") }
            let first = letter == "\\" ? try escaped() : LetterSet(letter)
            set.ranges += try range(from: first).ranges
        }
        guard take("]") else { throw fault("a [ without its ]") }
        return isOthers ? set.others : set
    }

    /// `a-z`, where there is a minus that is not the last.
    private mutating func range(from first: LetterSet) throws(TextPattern.Fault) -> LetterSet {
        guard next == "-", place + 1 < letters.count, letters[place + 1] != "]" else { return first }
        place += 1
        let letter = letters[place]
        place += 1
        let last = letter == "\\" ? try escaped() : LetterSet(letter)
        guard let from = first.only, let to = last.only, from <= to else { throw fault("a range that is none") }
        return LetterSet(ranges: [from...to])
    }

    /// What a letter behind `\` means.
    private mutating func escaped() throws(TextPattern.Fault) -> LetterSet {
        guard let letter = next else { throw fault("a \\ with nothing behind it") }
        place += 1
        switch letter {
        case "d": return .digits
        case "D": return LetterSet.digits.others
        case "w": return .words
        case "W": return LetterSet.words.others
        case "s": return .spaces
        case "S": return LetterSet.spaces.others
        case "t": return LetterSet("\t")
        case "n": return LetterSet("\n")
        case "r": return LetterSet("\r")
        default:
            guard !LetterSet.words.contains(letter) else { throw fault("a \\\(letter) that is not known here") }
            return LetterSet(letter)
        }
    }
}

extension LetterSet {
    /// The letter that it is, where it is one.
    fileprivate var only: UInt32? {
        ranges.count == 1 && ranges[0].count == 1 ? ranges[0].lowerBound : nil
    }
}
