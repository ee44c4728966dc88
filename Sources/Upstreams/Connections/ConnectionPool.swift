import Domain
import NIOCore

/// Connections to models' servers, kept between questions: on each event loop its own, so that an answer comes in on
/// the loop of its reader.
final class ConnectionPool: Sendable {
    private let group: any EventLoopGroup
    private let shelves: [ObjectIdentifier: ConnectionShelf]

    init(group: any EventLoopGroup) {
        self.group = group
        let loops = group.makeIterator().map { ($0, ConnectionShelf(on: $0)) }
        shelves = Dictionary(loops.map { (ObjectIdentifier($0), $1) }) { first, _ in first }
    }

    /// That of the reader's own loop where it is one of the group's, otherwise of the next one.
    func shelf(near place: (any Sendable)?) -> ConnectionShelf {
        if let loop = place as? any EventLoop, let shelf = shelves[ObjectIdentifier(loop)] { return shelf }
        let loop = group.any()
        return shelves[ObjectIdentifier(loop)] ?? ConnectionShelf(on: loop)
    }

    /// Ends every exchange with an error and closes every connection.
    func shutdown() async {
        for shelf in shelves.values { await shelf.shutdown() }
    }
}
