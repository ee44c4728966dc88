/// The places of a document that others are in, each known by its number.
struct Places {
    private struct Place {
        var name: Name
        var parent: Int
        var depth: Int
    }

    static let root = 0
    /// What lies deeper is known by the place at this depth.
    private static let deepest = 64
    /// Of a longer path, the middle is left away.
    private static let mostNames = 8

    private var places = [Place(name: .none, parent: 0, depth: 0)]

    mutating func add(_ name: Name, under parent: Int) -> Int {
        guard places[parent].depth < Self.deepest else { return parent }
        places.append(Place(name: name, parent: parent, depth: places[parent].depth + 1))
        return places.count - 1
    }

    /// - Parameter isShared: the place is its parent's as well, and so stays.
    mutating func forget(from place: Int, isShared: Bool) {
        places.removeSubrange((isShared ? place + 1 : place)...)
    }

    /// The path to an entry, such as `servers › production`; of neighbours, the first and the last.
    func heading(of entry: Entry, in text: SourceText) -> String {
        var names = [name(of: entry, in: text)]
        var place = entry.place
        while place != Self.root {
            names.append(places[place].name.words(in: text))
            place = places[place].parent
        }
        names = names.reversed().filter { !$0.isEmpty }
        if names.count > Self.mostNames {
            names = names.prefix(3) + ["…"] + names.suffix(Self.mostNames - 4)
        }
        return names.joined(separator: " › ")
    }

    private func name(of entry: Entry, in text: SourceText) -> String {
        let first = entry.first.words(in: text)
        guard entry.first != entry.last else { return first }
        return "\(first) … \(entry.last.words(in: text))"
    }
}
