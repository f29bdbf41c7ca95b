namespace Spate.Conformance.Wire;

/// <summary>The numbers of the APIs that the tests call by hand.</summary>
internal static class Api
{
    public const short Produce = 0;
    public const short Fetch = 1;
    public const short Metadata = 3;
    public const short ApiVersions = 18;
    public const short CreateTopics = 19;
    public const short DeleteTopics = 20;
    public const short InitProducerId = 22;
}
