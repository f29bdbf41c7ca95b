namespace Spate.Samples.Orders;

/// <summary>Somebody wants something.</summary>
internal sealed record Order(string Id, string Customer, int Quantity, DateTimeOffset Placed);
