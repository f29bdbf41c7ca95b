namespace Spate.Client.Load;

/// <summary>Work that is done again and again.</summary>
internal interface ILoad : IAsyncDisposable
{
    /// <summary>Does it for so many records, and gives the seconds that it took.</summary>
    Task<double> RunAsync(int records);
}
