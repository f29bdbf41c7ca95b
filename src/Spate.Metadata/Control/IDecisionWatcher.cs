namespace Spate.Metadata.Control;

/// <summary>Is told of every request that the controller takes, for figures. Called by several threads at once; must not throw.</summary>
public interface IDecisionWatcher
{
    /// <summary>Somebody asks, and waits for his turn.</summary>
    /// <returns>The moment, for <see cref="Began"/>.</returns>
    long Asked();

    /// <summary>It is his turn.</summary>
    /// <param name="asked">What <see cref="Asked"/> gave.</param>
    /// <returns>The moment, for <see cref="Ended"/>.</returns>
    long Began(long asked);

    /// <summary>He lost patience before it was his turn.</summary>
    void GaveUp();

    /// <summary>The request is answered.</summary>
    /// <param name="began">What <see cref="Began"/> gave.</param>
    /// <param name="succeeded">Whether the decision was committed and obeyed, or nothing had to be.</param>
    void Ended(long began, bool succeeded);
}
