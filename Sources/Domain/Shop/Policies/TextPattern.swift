/// A regular expression that takes as long for a text that means harm as for any other: it tries all ways at once.
/// An owner writes it and an agent chooses the text: one which backtracks could keep an account's books locked.
struct TextPattern: Sendable {
    /// Why something is no pattern.
    struct Fault: Error {
        /// Part of a sentence.
        let message: String
    }

    /// What is to be found in a text.
    indirect enum Node: Equatable {
        case letter(LetterSet)
        case sequence([Node])
        case choice([Node])
        case repeated(Node, least: Int, most: Int?)
        case beginning, end
    }

    private enum Instruction {
        case letter(LetterSet)
        /// Goes on at both.
        case either(Int, Int)
        case go(Int)
        case beginning, end, done
    }

    private static let longest = 200
    private static let mostInstructions = 2000

    private var program: [Instruction] = []
    /// Counted too: repeating nothing makes no instructions, but takes its time.
    private var nodes = 0

    /// - Parameter text: letters, `.`, `[a-z]`, `\d \w \s`, groups, `|`, `* + ? {1,3}`, `^` and `$`.
    init(parsing text: String) throws(Fault) {
        guard text.unicodeScalars.count <= Self.longest else {
            throw Fault(message: "it has more than \(Self.longest) letters.")
        }
        try add(PatternParser.node(of: text))
        program.append(.done)
    }

    private mutating func add(_ node: Node) throws(Fault) {
        nodes += 1
        guard max(program.count, nodes / 4) <= Self.mostInstructions else { throw Fault(message: "it is too large.") }
        switch node {
        case .letter(let set): program.append(.letter(set))
        case .beginning: program.append(.beginning)
        case .end: program.append(.end)
        case .sequence(let nodes): for node in nodes { try add(node) }
        case .choice(let nodes): try add(choice: nodes)
        case .repeated(let node, let least, let most):
            for _ in 0..<least { try add(node) }
            if let most { try add(node, upTo: most - least) } else { try addAnyNumber(of: node) }
        }
    }

    private mutating func add(choice nodes: [Node]) throws(Fault) {
        var ends: [Int] = []
        for node in nodes.dropLast() {
            let fork = program.count
            program.append(.done)
            try add(node)
            ends.append(program.count)
            program.append(.done)
            program[fork] = .either(fork + 1, program.count)
        }
        if let last = nodes.last { try add(last) }
        for end in ends { program[end] = .go(program.count) }
    }

    private mutating func add(_ node: Node, upTo count: Int) throws(Fault) {
        var forks: [Int] = []
        for _ in 0..<count {
            forks.append(program.count)
            program.append(.done)
            try add(node)
        }
        for fork in forks { program[fork] = .either(fork + 1, program.count) }
    }

    private mutating func addAnyNumber(of node: Node) throws(Fault) {
        let fork = program.count
        program.append(.done)
        try add(node)
        program.append(.go(fork))
        program[fork] = .either(fork + 1, program.count)
    }
}

extension TextPattern {
    /// Whether the whole of a text is what the pattern describes.
    func matchesAll(of text: String) -> Bool {
        let letters = Array(text.unicodeScalars)
        var places = reached(from: [0], isBeginning: true, isEnd: letters.isEmpty)
        for (index, letter) in letters.enumerated() {
            let next = places.compactMap { place in
                if case .letter(let set) = program[place], set.contains(letter) { place + 1 } else { nil }
            }
            guard !next.isEmpty else { return false }
            places = reached(from: next, isBeginning: false, isEnd: index + 1 == letters.count)
        }
        return places.contains(program.count - 1)
    }

    /// The letters and the end that can be come to without reading, each once.
    private func reached(from starts: [Int], isBeginning: Bool, isEnd: Bool) -> [Int] {
        var seen = [Bool](repeating: false, count: program.count)
        var places: [Int] = []
        var waiting = starts
        while let place = waiting.popLast() {
            guard !seen[place] else { continue }
            seen[place] = true
            switch program[place] {
            case .letter, .done: places.append(place)
            case .either(let one, let other): waiting += [one, other]
            case .go(let next): waiting.append(next)
            case .beginning: if isBeginning { waiting.append(place + 1) }
            case .end: if isEnd { waiting.append(place + 1) }
            }
        }
        return places
    }
}

/// Letters that may stand at one place, as ranges of their code points.
struct LetterSet: Equatable, Sendable {
    private static let last: UInt32 = 0x10FFFF

    var ranges: [ClosedRange<UInt32>]

    static let digits = LetterSet(ranges: [48...57])
    static let words = LetterSet(ranges: [48...57, 65...90, 95...95, 97...122])
    static let spaces = LetterSet(ranges: [9...13, 32...32])
    /// All but the line's end.
    static let any = LetterSet(ranges: [10...10]).others

    init(ranges: [ClosedRange<UInt32>]) {
        self.ranges = ranges
    }

    init(_ letter: Unicode.Scalar) {
        ranges = [letter.value...letter.value]
    }

    /// The letters that are not in it.
    var others: LetterSet {
        var others: [ClosedRange<UInt32>] = []
        var next: UInt32 = 0
        for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if range.lowerBound > next { others.append(next...range.lowerBound - 1) }
            next = max(next, range.upperBound + 1)
        }
        if next <= Self.last { others.append(next...Self.last) }
        return LetterSet(ranges: others)
    }

    func contains(_ letter: Unicode.Scalar) -> Bool { ranges.contains { $0.contains(letter.value) } }
}
