/// The known name that an unknown one was most likely meant to be.
package enum NearestName {
    /// nil where none is near: more than half of the word would have to change.
    package static func to(_ word: String, among names: [String]) -> String? {
        let distances = names.map { name in (name: name, distance: distance(word, to: name)) }
        guard let best = distances.min(by: { $0.distance < $1.distance }) else { return nil }
        return best.distance * 2 <= max(word.count, 2) ? best.name : nil
    }

    /// A word without its section may be a key whose section was forgotten, a short one a key without its unit.
    private static func distance(_ word: String, to name: String) -> Int {
        let rest = name.hasPrefix(word) ? name.dropFirst(word.count).first : nil
        if let rest, rest == "_" || rest.isUppercase { return 1 }
        let whole = edits(Array(word.utf8), Array(name.utf8))
        guard let dot = name.lastIndex(of: ".") else { return whole }
        let last = word.split(separator: ".").last ?? ""
        return min(whole, edits(Array(last.utf8), Array(name[name.index(after: dot)...].utf8)) + 1)
    }

    /// Letters to add, drop, replace or swap with their neighbour.
    private static func edits(_ one: [UInt8], _ other: [UInt8]) -> Int {
        var before: [Int] = []
        var row = Array(0...other.count)
        for (i, letter) in one.enumerated() {
            var next = [i + 1]
            for (j, another) in other.enumerated() {
                var least = min(row[j + 1] + 1, next[j] + 1, row[j] + (letter == another ? 0 : 1))
                let isSwap = i > 0 && j > 0 && letter == other[j - 1] && one[i - 1] == another
                if isSwap { least = min(least, before[j - 1] + 1) }
                next.append(least)
            }
            before = row
            row = next
        }
        return row[other.count]
    }
}
