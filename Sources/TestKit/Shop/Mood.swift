package import Domain

/// How a depot goes about one effect.
package enum Mood: Equatable, Sendable {
    case willing
    /// It says no, for good.
    case unable
    /// The call does not arrive; the next one does.
    case missed
    /// It is done, but the answer is lost, and nothing can be said for so many lookups.
    case muteDone(Int)
    /// It is not done, the answer is lost, and nothing can be said for so many lookups.
    case muteUndone(Int)
    /// It takes so many lookups.
    case slow(Int)
    /// Somebody is to do something; after so many lookups they have done it, or have not.
    case needsPerson(Int, isDone: Bool)
    /// Nothing is ever said of it.
    case silent(isDone: Bool)
    /// The call arrives twice.
    case twice

    /// Without its numbers.
    package var name: String {
        switch self {
        case .willing: "willing"
        case .unable: "unable"
        case .missed: "missed"
        case .muteDone: "done, mute"
        case .muteUndone: "undone, mute"
        case .slow: "slow"
        case .needsPerson(_, let isDone): isDone ? "person, done" : "person, undone"
        case .silent(let isDone): isDone ? "silent, done" : "silent, undone"
        case .twice: "twice"
        }
    }

    package static let names = [
        "willing", "unable", "missed", "done, mute", "undone, mute", "slow", "person, done", "person, undone",
        "silent, done", "silent, undone", "twice",
    ]

    /// Something goes wrong with most of them.
    package static func of(_ token: OperationToken, seed: UInt64) -> Mood {
        let number = token.text.utf8.reduce(seed ^ 0xCBF2_9CE4_8422_2325) { number, letter in
            (number ^ UInt64(letter)) &* 0x0000_0100_0000_01B3
        }
        var dice = Dice(seed: number)
        let lookups = 1 + dice.below(3)
        let moods: [Mood] = [
            .unable, .missed, .muteDone(lookups), .muteUndone(lookups), .slow(lookups),
            .needsPerson(lookups, isDone: true), .needsPerson(lookups, isDone: false), .silent(isDone: true),
            .silent(isDone: false), .twice, .unable,
            .needsPerson(lookups, isDone: true), .needsPerson(lookups, isDone: false),
        ]
        return dice.chance(22) ? .willing : dice.pick(moods)
    }
}
