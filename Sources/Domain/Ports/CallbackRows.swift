/// Whom to tell of the ends of runs, and how often that was tried.
package protocol CallbackRows: EndpointRows {
    func insert(_ callback: Callback) throws
    func callback(of run: ID) throws -> Callback?
    /// Newest first.
    func callbacks(limit: Int, state: Callback.State?) throws -> [Callback]
    /// The run has ended: a callback that waited for that is due.
    func callbackIsDue(of run: ID, at moment: Timestamp) throws
    /// Whether there is one for `takeCallback`.
    func isAnyCallbackDue(at moment: Timestamp, busy: [String]) throws -> Bool
    /// How many are to be sent, now or later.
    func unsentCallbacks() throws -> Int
    /// The one that has been due for the longest time, but for those of `busy` endpoints and paused ones, with one
    /// attempt more. Nobody else takes it before `until`. How many wait at one endpoint makes no difference.
    func takeCallback(dueAt moment: Timestamp, until: Timestamp, busy: [String]) throws -> Callback?
    /// Writes its state, its attempts and when it is due.
    func update(_ callback: Callback) throws
    /// Removes up to `limit` callbacks made before a moment that are not to be sent any more, and what is known of
    /// endpoints without any; returns how many callbacks.
    func forgetCallbacks(before moment: Timestamp, limit: Int) throws -> Int
}

/// The attempts at callbacks, and how their endpoints do.
package protocol EndpointRows {
    /// Inserts it, or replaces the attempt of that number.
    func put(_ delivery: Delivery) throws
    /// In their order.
    func deliveries(of run: ID) throws -> [Delivery]
    func endpoint(named name: String) throws -> Endpoint?
    func put(_ endpoint: Endpoint) throws
}
