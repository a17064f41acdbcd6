console.error('in the making')
