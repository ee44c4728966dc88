/// Reads a text scalar by scalar and cuts it where a word or a run of letters without spaces ends.
struct TermReader {
    private var list: TermList
    /// The word being read, UTF-8 in its own case, with the joints of code words: `max_open`, `don't`, `1.234,56`.
    private var word: [UInt8] = []
    private var run = EasternRun()

    init(keepingSmallWords: Bool) {
        list = TermList(keepsSmallWords: keepingSmallWords)
    }

    mutating func finish() -> [String] {
        end()
        return list.terms
    }

    mutating func read(_ scalar: Unicode.Scalar) {
        if scalar.isASCII { return readPlain(UInt8(scalar.value)) }
        switch Letter.of(scalar) {
        case .plain(let byte): readPlain(byte)
        case .plainLetters(let letters): letters.utf8.forEach { readPlain($0) }
        case .letter(let letter): readLetter(letter)
        case .eastern(let letter, let script): readEastern(letter, script)
        case .mark(let mark): readMark(mark)
        case .silent: break
        case .end: end()
        }
    }

    private mutating func readPlain(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): startLetter()
        case UInt8(ascii: "0")...UInt8(ascii: "9"): endRun()
        case UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
            guard let last = word.last, last.isDigit || last.isLetter else { return end() }
        case UInt8(ascii: ","):
            guard let last = word.last, last.isDigit else { return end() }
        case UInt8(ascii: "'"):
            guard let last = word.last, last.isLetter else { return end() }
        default: return end()
        }
        word.append(byte)
    }

    private mutating func readLetter(_ letter: Unicode.Scalar) {
        startLetter()
        word.append(contentsOf: letter.utf8)
    }

    /// No space stands between the letters of two kinds of script; a comma joins digits only.
    private mutating func startLetter() {
        endRun()
        if word.last == UInt8(ascii: ",") { endWord() }
    }

    private mutating func readEastern(_ letter: Unicode.Scalar, _ script: EasternScript) {
        endWord()
        run.append(letter, script)
    }

    /// A vowel sign of a script that writes its vowels as marks.
    private mutating func readMark(_ mark: Unicode.Scalar) {
        if !run.isEmpty {
            run.mark(mark)
        } else if let last = word.last, last >= 0x80 {
            word.append(contentsOf: mark.utf8)
        }
    }

    private mutating func end() {
        endWord()
        endRun()
    }

    private mutating func endWord() {
        if word.isEmpty { return }
        SpacedWord.add(word, to: &list)
        word.removeAll(keepingCapacity: true)
    }

    private mutating func endRun() {
        if run.isEmpty { return }
        run.add(to: &list)
        run.removeAll()
    }
}
