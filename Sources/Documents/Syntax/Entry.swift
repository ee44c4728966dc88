/// A stretch of a document that is going to be a passage: one place in it, or neighbours.
struct Entry {
    let start: Int
    /// The place whose children these are.
    let place: Int
    private(set) var first: Name = .none
    private(set) var last: Name = .none

    init(start: Int, place: Int, name: Name = .none) {
        self.start = start
        self.place = place
        first = name
        last = name
    }

    var isNameless: Bool { first == .none }

    mutating func take(_ next: Entry) {
        guard !next.isNameless else { return }
        if isNameless { first = next.first }
        last = next.last
    }
}
