package import Domain
package import HTTPTypes
package import Hummingbird

/// One way of speaking to the outside: its doors, and its way of saying no.
package protocol Dialect: Sendable {
    /// Adds its doors.
    func open(_ doors: Doors)

    /// Whether a path that no door stands at is this dialect's to refuse.
    func owns(path: String) -> Bool

    /// The refusal in this dialect's own shape, which may differ from door to door.
    func refuse(_ refusal: Refusal, status: HTTPResponse.Status, at path: String) -> Response

    /// The same, where a dialect's refusals name the request.
    func refuse(
        _ refusal: Refusal, status: HTTPResponse.Status, at path: String, requestID: String
    ) -> Response
}

extension Dialect {
    package func refuse(
        _ refusal: Refusal, status: HTTPResponse.Status, at path: String, requestID: String
    ) -> Response {
        refuse(refusal, status: status, at: path)
    }
}

/// Where dialects put their doors. Remembers which methods each path has, so that the others are answered 405.
package final class Doors {
    typealias Handler = @Sendable (Request, DoorContext) async throws -> Response

    let router = Router(context: DoorContext.self, options: .autoGenerateHeadEndpoints)
    private var methods: [String: [HTTPRequest.Method]] = [:]

    func on(_ method: HTTPRequest.Method, _ paths: [String], _ handler: @escaping Handler) {
        for path in paths {
            methods[path, default: []].append(method)
            router.on(RouterPath(path), method: method, use: handler)
        }
    }

    /// Puts a refusal at every other method of the paths there are.
    func close() {
        for (path, open) in methods {
            let taken = open.contains(.get) ? open + [.head] : open
            let allowed = taken.map(\.rawValue).sorted().joined(separator: ", ")
            for method in [HTTPRequest.Method.get, .post, .put, .patch, .delete, .options] where !open.contains(method)
            {
                router.on(RouterPath(path), method: method) { _, _ -> Response in throw WrongMethod(allowed: allowed) }
            }
        }
    }
}

/// A path that exists, asked with a method it does not have.
struct WrongMethod: Error {
    /// As the `Allow` header lists them.
    var allowed: String
}
