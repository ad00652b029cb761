// Why the central could not do what it was asked.

package import DBus
package import Wearables

/// A request to the central that was not carried out.
package enum BluetoothError: Error, Sendable, Equatable, CustomStringConvertible {
    case notReady(CentralCondition)
    case unknownSensor(DeviceAddress)
    case alreadyAdded(DeviceAddress)
    case notConnected(DeviceAddress)
    /// The device cannot show itself, or cannot vibrate.
    case notAble(DeviceAddress, String)
    /// Another request of the same kind is under way.
    case busy(String)
    case call(BusError)
    case planEnded(String)

    package var description: String {
        switch self {
        case .notReady(let condition): condition.sentence
        case .unknownSensor(let address): "\(address.text) has not been added"
        case .alreadyAdded(let address): "\(address.text) has been added before"
        case .notConnected(let address): "\(address.text) is not connected"
        case .notAble(let address, let what): "\(address.text) cannot \(what)"
        case .busy(let what): "\(what) is under way: wait until it ends"
        case .call(let error): error.description
        case .planEnded(let reason): reason
        }
    }
}
