using System.Text.Json.Serialization;

namespace Spate.Client.Tests.Examples;

// <order>
public sealed record Order(string Id, int Quantity);

[JsonSerializable(typeof(Order))]
public sealed partial class ShopJson : JsonSerializerContext;
// </order>
