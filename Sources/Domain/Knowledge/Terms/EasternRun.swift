/// Letters without spaces between them, as the pairs and single letters that they are found by.
///
/// Pairs of neighbours within a script need no dictionary; Han letters are found singly too. A question 税 has no other
/// way into 消費税率, and 払う, 払った and お支払い, or 申込 and 申し込み, meet in nothing else. The single letter is in more
/// passages than any pair it is part of, so it always weighs less.
struct EasternRun {
    private struct Unit {
        var letter: Unicode.Scalar
        var script: EasternScript
        /// A vowel sign or two, of southern scripts.
        var marks: [Unicode.Scalar] = []
    }

    private var units: [Unit] = []

    var isEmpty: Bool { units.isEmpty }

    mutating func removeAll() {
        units.removeAll(keepingCapacity: true)
    }

    mutating func append(_ letter: Unicode.Scalar, _ script: EasternScript) {
        switch script {
        case .voicing:
            if let last = units.last, let voiced = last.letter.voiced(by: letter) {
                units[units.count - 1].letter = voiced
            }
        case .long:
            units.append(Unit(letter: letter, script: units.last?.script == .hiragana ? .hiragana : .katakana))
        case .hangul:
            if let last = units.last, let completed = last.letter.completed(by: letter) {
                units[units.count - 1].letter = completed
            } else {
                units.append(Unit(letter: letter, script: script))
            }
        case .han, .hiragana, .katakana, .southern: units.append(Unit(letter: letter, script: script))
        }
    }

    /// Tone marks are left out as accents are; more than two marks are no word of any language.
    mutating func mark(_ mark: Unicode.Scalar) {
        guard let last = units.last, last.script == .southern, last.marks.count < 2, mark.properties.isAlphabetic
        else { return }
        units[units.count - 1].marks.append(mark)
    }

    func add(to list: inout TermList) {
        var isPaired = false
        for (index, unit) in units.enumerated() {
            let next = index + 1 < units.count ? units[index + 1] : nil
            let joinsNext = next.map { Self.join(unit, $0) } ?? false
            if unit.script == .han {
                if list.keepsSmallWords || !EasternGrammar.holds(unit.letter) { list.append(Self.utf8(unit)) }
            } else if !joinsNext, !isPaired, list.keepsSmallWords || unit.script != .hiragana {
                list.append(Self.utf8(unit))
            }
            if let next, joinsNext, list.keepsSmallWords || !EasternGrammar.holds(unit.letter, next.letter) {
                list.append(Self.utf8(unit) + Self.utf8(next))
            }
            isPaired = joinsNext
        }
    }

    /// Katakana are words of their own; Han and hiragana share one: 払い戻し, 申し込み.
    private static func join(_ first: Unit, _ second: Unit) -> Bool {
        if first.script == second.script { return true }
        switch (first.script, second.script) {
        case (.han, .hiragana), (.hiragana, .han): return true
        default: return false
        }
    }

    private static func utf8(_ unit: Unit) -> [UInt8] {
        var bytes = Array(unit.letter.utf8)
        for mark in unit.marks { bytes.append(contentsOf: mark.utf8) }
        return bytes
    }
}
