extension JSON {
    /// The members of one JSON object, in the order they came. A repeated key is one member: its last value counts.
    /// Two objects are equal when they have the same members, in whatever order.
    package struct Object: Sendable {
        /// One name and its value.
        package struct Member: Equatable, Sendable {
            package let key: String
            package var value: JSON
        }

        package private(set) var members: [Member] = []
        /// Where each key stands; kept only for objects too long to look through.
        private var places: [ExactText: Int] = [:]
        private static let longestUnindexed = 12

        package init() {}

        package var count: Int { members.count }
        package var isEmpty: Bool { members.isEmpty }
        package var keys: [String] { members.map(\.key) }

        package subscript(key: String) -> JSON? {
            get { place(of: key).map { members[$0].value } }
            set {
                guard let newValue else { return remove(key) }
                if let place = place(of: key) {
                    members[place].value = newValue
                } else {
                    append(Member(key: key, value: newValue))
                }
            }
        }

        private func place(of key: String) -> Int? {
            guard places.isEmpty else { return places[ExactText(text: key)] }
            return members.firstIndex { ExactText(text: $0.key) == ExactText(text: key) }
        }

        private mutating func append(_ member: Member) {
            members.append(member)
            if !places.isEmpty {
                places[ExactText(text: member.key)] = members.count - 1
            } else if members.count > Self.longestUnindexed {
                indexAll()
            }
        }

        private mutating func remove(_ key: String) {
            guard let place = place(of: key) else { return }
            members.remove(at: place)
            places = [:]
            if members.count > Self.longestUnindexed { indexAll() }
        }

        private mutating func indexAll() {
            for (place, member) in members.enumerated() { places[ExactText(text: member.key)] = place }
        }
    }
}

extension JSON.Object {
    /// A member's name, equal to another only byte for byte (Swift's strings are equal under canonical equivalence).
    private struct ExactText: Hashable {
        let text: String

        static func == (one: ExactText, other: ExactText) -> Bool {
            one.text == other.text && one.text.utf8.elementsEqual(other.text.utf8)
        }

        func hash(into hasher: inout Hasher) {
            hasher.combine(text)
        }
    }
}

extension JSON.Object: Equatable {
    package static func == (one: Self, other: Self) -> Bool {
        guard one.count == other.count else { return false }
        if one.members == other.members { return true }
        return one.members.allSatisfy { other[$0.key] == $0.value }
    }
}

extension JSON.Object: ExpressibleByDictionaryLiteral {
    package init(dictionaryLiteral elements: (String, JSON)...) {
        self.init()
        for (key, value) in elements { self[key] = value }
    }
}
