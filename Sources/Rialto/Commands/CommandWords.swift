/// The words after `rialto`, as a person may order them: options of every command may stand anywhere.
struct CommandWords: Sendable {
    private static let valued = ["--data", "--store", "--config"]
    private static let bare = ["--json"]

    /// The options of every command behind all else, where the innermost verb takes them.
    let normalised: [String]
    let wantJSON: Bool

    init(_ words: [String]) {
        var rest: [String] = []
        var common: [String] = []
        let end = words.firstIndex(of: "--") ?? words.count
        var place = 0
        while place < end {
            let word = words[place]
            if Self.valued.contains(word), place + 1 < end {
                common += [word, words[place + 1]]
                place += 1
            } else if Self.bare.contains(word) || Self.valued.contains(where: { word.hasPrefix($0 + "=") }) {
                common.append(word)
            } else {
                rest.append(word)
            }
            place += 1
        }
        let hasVerb = rest.contains { !$0.hasPrefix("-") }
        normalised = rest + (hasVerb ? common : []) + words[end...]
        wantJSON = common.contains("--json")
    }
}
