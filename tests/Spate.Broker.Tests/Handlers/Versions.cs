namespace Spate.Broker.Tests.Handlers;

/// <summary>Rows of versions for theories.</summary>
internal static class Versions
{
    public static TheoryData<short> From(short lowest, short highest)
    {
        var rows = new TheoryData<short>();
        for (var version = lowest; version <= highest; version++)
        {
            rows.Add(version);
        }

        return rows;
    }
}
