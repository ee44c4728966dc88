import HTTPTypes

/// Where a tool is found over REST.
struct AgentStoreRoute: Sendable {
    /// Which requests are for it, where several tools stand at one place.
    enum Choice: Sendable, Equatable {
        case always
        /// It names something.
        case naming(String)
        /// A word of it, which is no input of the tool, says so.
        case saying(String, String)
    }

    let tool: String
    let method: HTTPRequest.Method
    /// Below the base.
    let path: String
    let choice: Choice

    init(_ tool: String, _ method: HTTPRequest.Method, _ path: String, if choice: Choice = .always) {
        self.tool = tool
        self.method = method
        self.path = path
        self.choice = choice
    }

    /// The names that the path has in braces.
    var captures: [String] {
        path.split(separator: "/").filter { $0.hasPrefix("{") }.map { String($0.dropFirst().dropLast()) }
    }
}

extension AgentStore {
    /// A method and a path, with all that stands there.
    struct Place: Sendable {
        let method: HTTPRequest.Method
        let path: String
        var routes: [AgentStoreRoute]

        /// In the order of their first routes.
        static func of(_ routes: [AgentStoreRoute]) -> [Place] {
            routes.reduce(into: []) { places, route in
                if let known = places.firstIndex(where: { $0.method == route.method && $0.path == route.path }) {
                    places[known].routes.append(route)
                } else {
                    places.append(Place(method: route.method, path: route.path, routes: [route]))
                }
            }
        }
    }
}
