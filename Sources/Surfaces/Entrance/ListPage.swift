import Domain
import Hummingbird
import Wire

/// Which part of a list is asked for, by `page` and `size`, and how it is answered.
struct ListPage {
    private static let usualSize = 20
    private static let largestSize = 100
    private static let last = 1_000_000

    let number: Int
    let size: Int

    init(_ request: Request) throws(Refusal) {
        number = try request.number("page", usually: 1, most: Self.last)
        size = try request.number("size", usually: Self.usualSize, most: Self.largestSize)
    }

    var offset: Int { (number - 1) * size }

    /// The page of a list that is there as a whole.
    func answer<Item>(_ all: [Item], _ render: (Item) -> JSON) -> Response {
        answer(all.dropFirst(offset).prefix(size).map(render), of: all.count)
    }

    func answer(_ items: [JSON], of total: Int) -> Response {
        Response([
            "items": .array(items), "page": .integer(Int64(number)), "size": .integer(Int64(size)),
            "total": .integer(Int64(total)),
        ])
    }
}
