using System.Text.Json.Serialization;

namespace Spate.Samples.Orders;

/// <summary>How orders are written as JSON: made by the compiler, so that nothing has to be found out by reflection.</summary>
[JsonSerializable(typeof(Order))]
internal sealed partial class OrderJson : JsonSerializerContext;
